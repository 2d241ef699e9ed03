import { noticeKinds, noticeState } from '@bivak/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideListing, type ListingFacts, maxDeliveryMs } from './listing.ts';

const hourMs = 3_600_000;
const debt: ListingFacts = { retryClass: 'later', hasContact: true, decision: null, notices: [] };
type Notice = ListingFacts['notices'][number];
const notice = (kind: Notice['kind'], state: Notice['state'], storedAtMs = 0): Notice => ({
  kind,
  state,
  storedAtMs,
});

describe('listing a card at the end of the window', () => {
  it('asks that the promised notices were delivered', () => {
    const notices = [notice('declined', 'delivered'), notice('day-before', 'delivered')];
    expect(decideListing({ ...debt, notices }, hourMs)).toEqual({ do: 'list' });
    expect(decideListing({ ...debt, notices: [...notices, notice('middle', 'accepted')] }, hourMs)).toEqual({
      do: 'wait',
      untilMs: maxDeliveryMs,
    });
  });

  it('is a person’s to decide if they were not', () => {
    const failed = [
      notice('declined', 'failed'),
      notice('middle', 'accepted'),
      notice('day-before', 'stored'),
    ];
    expect(decideListing({ ...debt, notices: failed }, maxDeliveryMs)).toEqual({
      do: 'hold',
      shortfall: 'none-delivered',
    });
    const some = [notice('declined', 'delivered'), notice('day-before', 'failed')];
    expect(decideListing({ ...debt, notices: some }, 0)).toEqual({
      do: 'hold',
      shortfall: 'some-not-delivered',
    });
  });

  it('follows his decision, whatever becomes of the notices', () => {
    const notices = [notice('declined', 'failed')];
    expect(decideListing({ ...debt, notices, decision: 'list-card' }, 0)).toEqual({ do: 'list' });
    expect(decideListing({ ...debt, notices, decision: 'give-up' }, 0)).toEqual({ do: 'give-up' });
  });

  it('waits for nobody who left no phone, nor if the issuer forbids the card', () => {
    expect(decideListing({ ...debt, hasContact: false }, 0)).toEqual({ do: 'list' });
    const notices = [notice('declined', 'stored')];
    expect(decideListing({ ...debt, retryClass: 'never', notices }, 0)).toEqual({ do: 'list' });
  });

  it('never lists over a promised notice that did not arrive, and never waits for ever', () => {
    const notices = fc.array(
      fc.record({
        kind: fc.constantFrom(...noticeKinds),
        state: fc.constantFrom(...noticeState.options),
        storedAtMs: fc.nat(1_000 * hourMs),
      }),
    );
    fc.assert(
      fc.property(notices, fc.nat(2_000 * hourMs), (given, nowMs) => {
        const listing = decideListing({ ...debt, notices: given }, nowMs);
        const owed = given.filter(
          ({ kind, state }) => !['listed', 'paid'].includes(kind) && state !== 'withdrawn',
        );
        if (listing.do === 'list') {
          expect(owed.length).toBeGreaterThan(0);
          expect(owed.every(({ state }) => state === 'delivered')).toBe(true);
        }
        if (listing.do === 'wait') expect(listing.untilMs).toBeGreaterThan(nowMs);
        expect(decideListing({ ...debt, notices: given }, 3_000 * hourMs).do).not.toBe('wait');
      }),
    );
  });
});

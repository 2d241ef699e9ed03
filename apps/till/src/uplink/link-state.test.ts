import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstBytes, maxBytes, nextBatchBytes } from './batch-size.ts';
import { foldLink, type LinkEvent, type LinkState, linkAtStart } from './link-state.ts';

const after = (...events: LinkEvent[]): LinkState => events.reduce(foldLink, linkAtStart(0, null));
const answered = (atMs: number, tookMs = 50): LinkEvent => ({ atMs, answered: true, tookMs });
const lost = (atMs: number): LinkEvent => ({ atMs, answered: false });

describe('the link, as the till knows it', () => {
  it('is down until the host has answered', () => {
    expect(after()).toMatchObject({ state: 'down', sinceMs: 0, lastContactMs: null });
    expect(after(lost(10))).toMatchObject({ state: 'down', sinceMs: 0 });
    expect(after(answered(20))).toMatchObject({ state: 'up', sinceMs: 20, lastContactMs: 20 });
  });

  it('is up since the first answer of a row', () => {
    expect(after(answered(20), answered(40), answered(60))).toMatchObject({
      state: 'up',
      sinceMs: 20,
      lastContactMs: 60,
    });
  });

  it('is down after a request without an answer, and weak for a while after that', () => {
    expect(after(answered(20), lost(1_000))).toMatchObject({
      state: 'down',
      sinceMs: 1_000,
      lastContactMs: 20,
    });
    expect(after(lost(1_000), answered(2_000))).toMatchObject({ state: 'weak', sinceMs: 2_000 });
    expect(after(lost(1_000), answered(2_000), answered(7_000))).toMatchObject({
      state: 'up',
      sinceMs: 7_000,
    });
  });

  it('is weak if an answer takes too long for a buyer who waits', () => {
    expect(after(answered(20), answered(9_000, 4_000)).state).toBe('weak');
  });
});

describe('the size of a batch', () => {
  it('stays within its bounds, grows with what arrives and shrinks with what does not', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), (arrivals) => {
        let bytes = firstBytes;
        for (const arrived of arrivals) {
          const next = nextBatchBytes(bytes, arrived);
          expect(arrived ? next >= bytes : next <= bytes).toBe(true);
          bytes = next;
        }
        expect(bytes).toBeGreaterThanOrEqual(4_096);
        expect(bytes).toBeLessThanOrEqual(maxBytes);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { until } from '../testing/clock.ts';
import { minuteMs, paymentsHarness } from '../testing/payments-harness.ts';
import { takeOver } from './claims.ts';

describe('a debit that the bank no longer knows, after its cut-over', { timeout: 60_000 }, () => {
  const h = paymentsHarness();
  const kinds = () => h.banks.requests.map(({ kind }) => kind);
  const firstState = async (id: string) => (await h.read(id)).attempts[0]!.state;

  /** A sale that was debited and then ended without a receipt, at a bank that answers its reversal with 25. */
  const abandoned = async (): Promise<string> => {
    h.banks.reversals = () => ({ responseCode: '25', acts: false });
    const id = h.till.intend({ requestedMode: 'online' });
    await h.arrive();
    const worker = h.run({ hostName: 'host' });
    h.runAlarms();
    await h.becomes(id, 'collected');
    h.till.write({ kind: 'sale.abandoned', body: { saleId: id, reason: 'interrupted' } });
    await h.arrive();
    worker.wake();
    return id;
  };

  it('is not cancelled by 25: it is refunded, once, under numbers of its own', async () => {
    const id = await abandoned();
    await h.becomes(id, 'cancelled');
    expect(kinds()).toEqual(['debit', 'reversal', 'refund']);
    expect([await firstState(id), h.banks.netOf(id)]).toEqual(['reversed', 0]);
    const [debit, , refund] = h.banks.requests;
    expect(refund!.request.stan).not.toBe(debit!.request.stan);
    expect(refund!.request.rrn).toContain(refund!.request.stan);
    expect(await h.events(id)).toEqual(
      expect.arrayContaining(['refund-sent', 'refund-confirmed', 'cancelled']),
    );
  });

  it.each([
    ['unanswered', 'silent'],
    ['refused', '57'],
    ['not understood', 'ZZ'],
  ])('is a person’s matter if the refund is %s, and is not refunded again', async (_, answer) => {
    h.banks.refunds = () => answer;
    const id = await abandoned();
    await until(async () => (await firstState(id)) === 'disputed');
    await until(
      async () => (await h.alarms()).includes('payment-needs-decision raised'),
      () => {
        for (const worker of h.workers) worker.wake();
      },
    );
    h.clock.advance(60 * minuteMs);
    for (const worker of h.workers) worker.wake();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(kinds().filter((kind) => kind === 'refund')).toHaveLength(1);
    expect((await h.read(id)).state).toBe('cancelling');
  });

  it('is asked for once more if the refund did not leave', async () => {
    let leaves = false;
    h.banks.refunds = () => (leaves ? '00' : 'not-sent');
    const id = await abandoned();
    await until(() => kinds().includes('refund'));
    leaves = true;
    await h.becomes(id, 'cancelled', () => h.clock.advance(1_000));
    expect(kinds()).toEqual(['debit', 'reversal', 'refund', 'reversal', 'refund']);
    expect(h.banks.netOf(id)).toBe(0);
  });

  it('is a person’s matter if the host died while the refund was on its way; a late answer ends it all the same', async () => {
    h.banks.refunds = () => 'hang';
    h.banks.reversals = () => ({ responseCode: '25', acts: false });
    const id = h.till.intend({ requestedMode: 'online' });
    await h.arrive();
    const mortal = h.runMortal('mortal');
    await h.becomes(id, 'collected');
    h.till.write({ kind: 'sale.abandoned', body: { saleId: id, reason: 'interrupted' } });
    await h.arrive();
    h.clock.advance(minuteMs);
    await until(() => h.banks.ledger.some(({ kind }) => kind === 'refund'));
    mortal.crash();
    await takeOver(h.database, 'mortal', h.clock.nowMs());
    h.run({ hostName: 'mortal' });
    await until(async () => (await firstState(id)) === 'disputed');
    await h.hears(h.lateAnswer(h.banks.requests.find(({ kind }) => kind === 'refund')!));
    await h.becomes(id, 'cancelled');
    expect([await firstState(id), h.banks.netOf(id)]).toEqual(['reversed', 0]);
    expect(kinds().filter((kind) => kind === 'refund')).toHaveLength(1);
  });
});

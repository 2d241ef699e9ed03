import { describe, expect, it } from 'vitest';
import { bankHealthById } from '../routing/index.ts';
import { until } from '../testing/clock.ts';
import { paymentsHarness } from '../testing/payments-harness.ts';

describe('a debit of which nobody knows, and one that has to be undone', { timeout: 60_000 }, () => {
  const h = paymentsHarness();

  it('reverses first if the bank itself does not know whether the issuer has debited', async () => {
    h.banks.debits = (bankId) => (bankId === 'north' ? '68' : '00');
    const id = h.till.sell();
    await h.arrive();
    h.run();
    await h.becomes(id, 'collected');
    expect(await h.attempts(id)).toEqual([
      ['north', 'reversed', 'first', '68'],
      ['ural', 'approved', 'failover', '00'],
    ]);
    expect(h.banks.requests.map(({ bankId, kind }) => `${bankId} ${kind}`)).toEqual([
      'north debit',
      'north reversal',
      'ural debit',
    ]);
  });

  it('stays away from a bank that answers no debit, though it confirms reversals', async () => {
    h.banks.debits = (bankId) => (bankId === 'north' ? 'silent' : '00');
    const worker = h.run();
    const first = async (): Promise<string> => {
      const id = h.till.sell();
      await h.arrive();
      worker.wake();
      await h.becomes(id, 'collected');
      return (await h.attempts(id))[0]![0]!;
    };
    expect([await first(), await first()]).toEqual(['north', 'north']);
    expect((await bankHealthById(h.database)).get('north')).toBe('failing');
  });

  it('reverses what nobody knows until the bank confirms it, and only then sends to another', async () => {
    let confirms = false;
    h.banks.debits = (bankId) => (bankId === 'north' ? 'silent' : '00');
    h.banks.reversals = () => (confirms ? '00' : 'lost');
    const id = h.till.sell();
    await h.arrive();
    const worker = h.run();
    await until(() => h.banks.requests.filter(({ kind }) => kind === 'reversal').length === 1);
    for (let repeats = 2; repeats <= 4; repeats++)
      await until(
        () => h.banks.requests.filter(({ kind }) => kind === 'reversal').length >= repeats,
        h.whenIdle(worker, 5_000),
      );
    expect((await h.read(id)).state).toBe('reversing');
    await until(async () => (await h.read(id)).wait?.kind === 'reversal-unconfirmed', h.whenIdle(worker, 0));
    expect((await h.events(id)).filter((kind) => kind === 'waiting')).toHaveLength(1);
    expect(h.banks.requests.filter(({ kind }) => kind === 'debit')).toHaveLength(1);
    confirms = true;
    await h.becomes(id, 'collected', h.whenIdle(worker, 5_000));
    expect(h.banks.ledger.map(({ bankId, kind }) => `${bankId} ${kind}`)).toEqual([
      'north debit',
      'north reversal',
      'ural debit',
    ]);
    const [debit, ...reversals] = h.banks.requests.filter(({ bankId }) => bankId === 'north');
    for (const { request } of reversals)
      expect(request).toMatchObject({
        stan: debit!.request.stan,
        rrn: debit!.request.rrn,
        transmittedAtMs: debit!.request.transmittedAtMs,
      });
  });

  it('gives back what was debited for a sale that then did not happen', async () => {
    const id = h.till.intend({ requestedMode: 'online' });
    await h.arrive();
    const worker = h.run();
    await h.becomes(id, 'collected');
    expect(h.banks.requests[0]!.request).toMatchObject({ deferred: false });
    h.till.write({ kind: 'sale.abandoned', body: { saleId: id, reason: 'fiscal-drive-refused' } });
    await h.arrive();
    worker.wake();
    await h.becomes(id, 'cancelled');
    expect(h.banks.netOf(id)).toBe(0);
  });

  it.each(['00', '51', '91', 'silent'])(
    'ends a sale that was abandoned while its bank answered %s',
    async (answer) => {
      const release = Promise.withResolvers<void>();
      const original = h.banks.send.bind(h.banks);
      let hasLeft = false;
      h.banks.send = async (bankId, message, leaving) => {
        if (message.kind !== 'debit') return original(bankId, message, leaving);
        hasLeft = (await leaving?.()) !== null;
        await release.promise;
        return original(bankId, message);
      };
      h.banks.debits = () => answer;
      const id = h.till.intend({ requestedMode: 'online' });
      await h.arrive();
      h.run();
      await until(() => hasLeft);
      h.till.write({ kind: 'sale.abandoned', body: { saleId: id, reason: 'interrupted' } });
      await h.arrive();
      release.resolve();
      await h.becomes(id, 'cancelled');
      expect(h.banks.netOf(id)).toBe(0);
      expect(h.banks.requests.filter(({ kind }) => kind === 'debit')).toHaveLength(1);
    },
  );
});

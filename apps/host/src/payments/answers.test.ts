import { describe, expect, it } from 'vitest';
import { sql } from '../store/index.ts';
import { until } from '../testing/clock.ts';
import { silentLog } from '../testing/log.ts';
import { minuteMs, paymentsHarness } from '../testing/payments-harness.ts';
import { declinedPayment, requestAttempt } from './retry.ts';

describe('what a bank answers to a debit', { timeout: 60_000 }, () => {
  const h = paymentsHarness();
  const kinds = () => h.banks.requests.map(({ bankId, kind }) => `${bankId} ${kind}`);

  it.each(['08', '11', '16'])('is an approval with code %s too: one debit, and no retry', async (code) => {
    h.banks.debits = () => ({ responseCode: code, acts: true });
    const id = h.till.sell();
    await h.arrive();
    h.run();
    await h.becomes(id, 'collected');
    expect([h.banks.netOf(id), kinds()]).toEqual([1, ['north debit']]);
  });

  it.each(['09', '21', '32', '94', '68'])(
    'is nobody’s decision with code %s: reversed first',
    async (code) => {
      h.banks.debits = (bankId) => (bankId === 'north' ? { responseCode: code, acts: true } : '00');
      const id = h.till.sell();
      await h.arrive();
      h.run();
      await h.becomes(id, 'collected');
      expect(kinds()).toEqual(['north debit', 'north reversal', 'ural debit']);
      expect(h.banks.netOf(id)).toBe(1);
    },
  );

  it.each(['ZZ', 'N0', '85', '87', '17', '88'])(
    'with code %s, which is no plain no, is reversed first, and then counts as a decline',
    async (code) => {
      h.banks.debits = () => ({ responseCode: code, acts: true });
      const id = h.till.sell();
      await h.arrive();
      h.run();
      await h.becomes(id, 'declined');
      expect([kinds(), h.banks.netOf(id)]).toEqual([['north debit', 'north reversal'], 0]);
      const [{ bucket }] = (await h.database.query(sql`select bucket from payments`)) as [{ bucket: number }];
      expect(await declinedPayment(h.database, bucket, id)).toMatchObject({ response_code: code });
    },
  );

  it.each([
    ['code 10', { responseCode: '10' }],
    ['a smaller sum', { responseCode: '00', amountMinor: 1 }],
  ])(
    'is a partial approval by %s: what was debited is reversed, and the sale is declined',
    async (_, answer) => {
      h.banks.debits = () => ({ ...answer, acts: true });
      const id = h.till.sell();
      await h.arrive();
      h.run();
      await h.becomes(id, 'declined');
      expect([kinds(), h.banks.netOf(id)]).toEqual([['north debit', 'north reversal'], 0]);
    },
  );

  it('is no decline while it holds an authorisation code', async () => {
    h.banks.debits = () => ({ responseCode: '51', authorisationCode: 'A1B2C3', acts: true });
    const id = h.till.sell();
    await h.arrive();
    h.run();
    await h.becomes(id, 'declined');
    expect([kinds(), h.banks.netOf(id)]).toEqual([['north debit', 'north reversal'], 0]);
  });

  it('debits one sale once, retried each day at a bank that answers with a code that nobody listed (case 01)', async () => {
    h.banks.debits = () => ({ responseCode: 'ZZ', acts: true });
    const id = h.till.sell();
    await h.arrive();
    const worker = h.run();
    await h.becomes(id, 'declined');
    const [{ bucket }] = (await h.database.query(sql`select bucket from payments`)) as [{ bucket: number }];
    for (let day = 1; day <= 4; day++) {
      h.clock.advance(24 * 60 * minuteMs);
      await h.database.transaction((one) =>
        requestAttempt(one, { bucket, paymentId: id }, 'retry', h.clock.nowMs(), silentLog),
      );
      worker.wake();
      await until(() => h.banks.requests.filter(({ kind }) => kind === 'debit').length === day + 1);
      await h.becomes(id, 'declined');
      expect(h.banks.netOf(id)).toBe(0);
    }
  });
});

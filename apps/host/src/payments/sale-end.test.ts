import { maxUnendedSaleMs } from '@bivak/rules';
import { describe, expect, it } from 'vitest';
import { type Row, sql } from '../store/index.ts';
import { until } from '../testing/clock.ts';
import { silentLog } from '../testing/log.ts';
import { paymentsHarness } from '../testing/payments-harness.ts';
import { decideSaleEnd } from './sale-end.ts';
import { tellOfUnended } from './unended-alarms.ts';

describe('a sale that is approved online and whose till never writes its end', { timeout: 60_000 }, () => {
  const h = paymentsHarness();
  const approved = async (): Promise<string> => {
    const id = h.till.intend({ requestedMode: 'online' });
    await h.arrive();
    h.run();
    await h.becomes(id, 'collected');
    return id;
  };
  const tell = () => tellOfUnended(h.database, h.clock.nowMs());
  const decide = (paymentId: string, decision: 'keep' | 'give-back') =>
    decideSaleEnd(
      { database: h.database, log: silentLog },
      { paymentId, decision, by: 'Анна', why: 'the receipt is in the drive' },
      h.clock.nowMs(),
    );
  const alarm = async () =>
    h.database.query<Pick<Row<'alarms'>, 'kind' | 'state' | 'data'>>(
      sql`select kind, state, data from alarms where kind = 'sale-unended'`,
    );

  it('is an alarm with the money at stake after the longest time, and not before', async () => {
    const id = await approved();
    const since = new Date(h.clock.nowMs()).toISOString();
    h.clock.advance(maxUnendedSaleMs - 60_000);
    expect(await tell()).toBe(0);
    h.clock.advance(60_000);
    await tell();
    await tell();
    const data = { paymentId: id, since, amountMinor: 50_000, currency: 'RUB' };
    expect(await alarm()).toEqual([{ kind: 'sale-unended', state: 'raised', data }]);
  });

  it('is none any more once its till has said after all that it was sold', async () => {
    const id = await approved();
    h.clock.advance(maxUnendedSaleMs);
    await tell();
    h.till.accept(id, 'online');
    await h.arrive();
    await tell();
    expect(await alarm()).toMatchObject([{ state: 'ended' }]);
    expect((await h.read(id)).state).toBe('collected');
  });

  it('is kept if a person decides so', async () => {
    const id = await approved();
    await expect(decide(id, 'keep')).rejects.toThrow('end-decision-not-offered');
    h.clock.advance(maxUnendedSaleMs);
    await tell();
    await decide(id, 'keep');
    await tell();
    await tell();
    expect(await alarm()).toMatchObject([{ state: 'ended' }]);
    expect((await h.read(id)).timeline.at(-1)).toEqual({
      kind: 'end-decided',
      data: { decision: 'keep', by: 'Анна', why: 'the receipt is in the drive' },
    });
    await expect(decide(id, 'give-back')).rejects.toThrow('end-decision-not-offered');
  });

  it('is given back if a person decides so', async () => {
    const id = await approved();
    h.clock.advance(maxUnendedSaleMs);
    await tell();
    await decide(id, 'give-back');
    h.workers[0]!.wake();
    await until(async () => (await h.read(id)).state === 'cancelled');
    await tell();
    expect(await alarm()).toMatchObject([{ state: 'ended' }]);
    expect((await h.attempts(id)).map(([, state]) => state)).toEqual(['reversed']);
  });
});

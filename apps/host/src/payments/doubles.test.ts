import { describe, expect, it } from 'vitest';
import { type Row, sql } from '../store/index.ts';
import { paymentsHarness } from '../testing/payments-harness.ts';
import { testPans } from '../testing/till.ts';

describe('a sale that may have been rung up twice', { timeout: 60_000 }, () => {
  const h = paymentsHarness();
  const doubles = async (): Promise<Record<string, string | null>> => {
    const found = await h.database.query<Pick<Row<'payments'>, 'payment_id' | 'double_of'>>(
      sql`select payment_id, double_of from payments order by payment_id`,
    );
    return Object.fromEntries(found.map(({ payment_id, double_of }) => [payment_id, double_of]));
  };

  it('is flagged with its twin, once, and is not held', async () => {
    const ids = [h.till.sell(), h.till.sell()];
    await h.arrive();
    await h.arrive();
    expect(await doubles()).toEqual({ [ids[0]!]: ids[1], [ids[1]!]: ids[0] });
    for (const [index, id] of ids.entries()) {
      const { timeline } = await h.read(id);
      const flags = timeline.filter(({ kind }) => kind === 'possible-double');
      expect(flags).toEqual([{ kind: 'possible-double', data: { otherId: ids[1 - index] } }]);
    }
  });

  it('has card, sum and time of its twin', async () => {
    h.till.sell();
    h.till.sell({ totalMinor: 70_000 });
    h.till.sell({ pan: testPans[1] });
    h.clock.advance(61_000);
    h.till.sell();
    await h.arrive();
    expect(Object.values(await doubles())).toEqual([null, null, null, null]);
  });
});

import type { Check } from '@bivak/domain';
import { describe, expect, it } from 'vitest';
import { type Row, sql } from '../store/index.ts';
import { paymentsHarness } from '../testing/payments-harness.ts';

describe('the checks of a payment', { timeout: 60_000 }, () => {
  const h = paymentsHarness();
  const checksOf = async (id: string): Promise<Check[]> => {
    const [row] = await h.database.query<Pick<Row<'payments'>, 'checks'>>(
      sql`select checks from payments where payment_id = ${id}`,
    );
    return row!.checks;
  };
  const ofIntent: Check[] = [{ name: 'stop-list', isListed: false, passed: true }];
  const ofAcceptance: Check[] = [
    ...ofIntent,
    { name: 'sale-sum', valueMinor: 50_000, limitMinor: 500_000, passed: true },
  ];

  it('are those of the acceptance if it was requested online and accepted offline', async () => {
    const id = h.till.intend({ requestedMode: 'online' });
    await h.arrive();
    expect(await checksOf(id)).toEqual(ofIntent);
    h.till.accept(id, 'offline', ofAcceptance);
    await h.arrive();
    expect(await checksOf(id)).toEqual(ofAcceptance);
    expect((await h.read(id)).timeline.at(-1)).toEqual({
      kind: 'accepted',
      data: { tillId: 'till-1', mode: 'offline' },
    });
  });

  it('are those of the intent if the acceptance names none', async () => {
    const id = h.till.intend({ requestedMode: 'online' });
    await h.arrive();
    h.till.accept(id, 'online');
    await h.arrive();
    expect(await checksOf(id)).toEqual(ofIntent);
  });

  it('are those of the acceptance of an offline sale', async () => {
    const id = h.till.intend();
    h.till.accept(id, 'offline', ofAcceptance);
    await h.arrive();
    expect(await checksOf(id)).toEqual(ofAcceptance);
  });
});

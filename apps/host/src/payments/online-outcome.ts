import type { uplinkApi } from '@bivak/contracts';
import { type Queries, type Row, sql } from '../store/index.ts';

/** What the host can say of a sale while its buyer waits; `pending` too if the sale has not arrived. */
export async function onlineOutcome(
  queries: Queries,
  tillId: string,
  saleId: string,
): Promise<uplinkApi.OnlineOutcomeState> {
  const [row] = await queries.query<Pick<Row<'payments'>, 'state'>>(sql`
    select state from payments where payment_id = ${saleId} and till_id = ${tillId}`);
  if (row?.state === 'collected') return 'approved';
  return row?.state === 'declined' ? 'declined' : 'pending';
}

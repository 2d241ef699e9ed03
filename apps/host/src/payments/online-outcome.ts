import type { uplinkApi } from '@bivak/contracts';
import { hasUnreadableCard } from '../intake/quarantine.ts';
import { type Queries, type Row, sql } from '../store/index.ts';

/** What the host can say of a sale while its buyer waits; `pending` too if the sale has not arrived. */
export async function onlineOutcome(
  queries: Queries,
  tillId: string,
  saleId: string,
): Promise<uplinkApi.OnlineOutcomeState> {
  const [row] = await queries.query<Pick<Row<'payments'>, 'state' | 'is_unreached'>>(sql`
    select state, is_unreached from payments where payment_id = ${saleId} and till_id = ${tillId}`);
  if (row?.state === 'collected') return 'approved';
  // Nobody could debit that card: the buyer pays otherwise.
  if (row === undefined && (await hasUnreadableCard(queries, tillId, saleId))) return 'declined';
  // Of an issuer that was not reached nothing can be said: the till decides by itself, as if nobody had answered.
  return row?.state === 'declined' && !row.is_unreached ? 'declined' : 'pending';
}

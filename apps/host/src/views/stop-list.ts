import type { hostApi } from '@bivak/contracts';
import { responseMeaning } from '@bivak/rules';
import { newestVersion } from '../stoplist/publisher.ts';
import { type Queries, type Row, sql } from '../store/index.ts';

/** The cards that tills refuse, the newest first, and the version that was published last. */
export async function stopListView(queries: Queries): Promise<hostApi.StopList> {
  const last = await newestVersion(queries);
  const entries = await queries.query<Omit<Row<'stop_list_entries'>, 'bucket'>>(sql`
    select card_reference, payment_id, masked_pan, response_code, since from stop_list_entries order by since desc, card_reference`);
  return {
    version: last?.version ?? 0,
    issuedAt: last?.issued_at.toISOString() ?? null,
    entries: entries.map((row) => ({
      cardReference: row.card_reference,
      maskedPan: row.masked_pan,
      responseCode: row.response_code,
      meaning: row.response_code === null ? null : responseMeaning(row.response_code),
      since: row.since.toISOString(),
      debtId: row.payment_id,
    })),
  };
}

import type { hostApi } from '@bivak/contracts';
import type { BankSessions } from '../banks/index.ts';
import type { BankSetting } from '../config.ts';
import { bankHealthById } from '../routing/index.ts';
import { type Queries, sql } from '../store/index.ts';

/** Every configured bank: its session, its health, its fees, and what it has collected. */
export async function listBanks(
  queries: Queries,
  banks: Pick<BankSessions, 'states'>,
  settings: readonly BankSetting[],
): Promise<hostApi.Bank[]> {
  const health = await bankHealthById(queries);
  const collected = await queries.query<{ bank_id: string; count: number; sum: string }>(sql`
    select bank_id, count(*) as count, sum(amount_minor)::text as sum from payments where state = 'collected' group by bank_id`);
  return settings.map(({ bankId, name, feePercent, onUsFeePercent }) => {
    const status = banks.states().find((state) => state.bankId === bankId);
    const sums = collected.find((row) => row.bank_id === bankId);
    return {
      bankId,
      name,
      session: status?.session ?? 'down',
      health: health.get(bankId) ?? 'healthy',
      feePercent,
      onUsFeePercent,
      collected: { count: sums?.count ?? 0, sumMinor: Number(sums?.sum ?? 0) },
      lastAnswerAt: status?.lastAnswerAtMs == null ? null : new Date(status.lastAnswerAtMs).toISOString(),
      unreadableMessages: status?.unreadableMessages ?? 0,
      unauthenticMessages: status?.unauthenticMessages ?? 0,
    };
  });
}

import type { hostApi } from '@bivak/contracts';
import type { BankSessions } from '../banks/index.ts';
import type { BankSetting } from '../config.ts';
import { paymentSums } from '../payments/sums.ts';
import { bankHealthById } from '../routing/index.ts';
import type { Queries } from '../store/index.ts';

/** Every configured bank: its session, its health, its fees, and what it has collected. */
export async function listBanks(
  queries: Queries,
  banks: Pick<BankSessions, 'states'>,
  settings: readonly BankSetting[],
): Promise<hostApi.Bank[]> {
  const health = await bankHealthById(queries);
  const collected = (await paymentSums(queries)).filter(({ stage }) => stage !== 'declined');
  return settings.map(({ bankId, name, feePercent, onUsFeePercent }) => {
    const status = banks.states().find((state) => state.bankId === bankId);
    const ours = collected.filter((sum) => sum.bankId === bankId);
    return {
      bankId,
      name,
      session: status?.session ?? 'down',
      health: health.get(bankId) ?? 'healthy',
      feePercent,
      onUsFeePercent,
      collected: {
        count: ours.reduce((sum, { count }) => sum + count, 0),
        sumMinor: ours.reduce((sum, { sumMinor }) => sum + sumMinor, 0),
      },
      lastAnswerAt: status?.lastAnswerAtMs == null ? null : new Date(status.lastAnswerAtMs).toISOString(),
      unreadableMessages: status?.unreadableMessages ?? 0,
      unauthenticMessages: status?.unauthenticMessages ?? 0,
    };
  });
}

import type { hostApi } from '@bivak/contracts';
import type { Renderer } from '@bivak/messages';
import type { DebtStage, PaymentStage } from '../payments/filter.ts';

/** A stage of the money at the host, and the list that it opens. */
export type Stage = { key: PaymentStage; page: 'payments' } | { key: DebtStage; page: 'debts' };

export const onTheWay: readonly Stage[] = [
  { key: 'toBeSent', page: 'payments' },
  { key: 'atBanks', page: 'payments' },
  { key: 'collected', page: 'payments' },
];
export const belowTheLine: readonly Stage[] = [
  { key: 'declined', page: 'debts' },
  { key: 'recovered', page: 'debts' },
  { key: 'stopListed', page: 'debts' },
];
/** Each payment stands in exactly one. */
export const stages = [...onTheWay, ...belowTheLine];

/** How much of all is collected, and how much of that only after a decline: the sums are those of the stages beneath. */
export function answerText(money: hostApi.Money, { t, money: sum, percent }: Renderer): string {
  const totalMinor = stages.reduce((total, { key }) => total + money[key].sumMinor, 0);
  if (totalMinor === 0) return t('console:home.nothing');
  const inMinor = money.collected.sumMinor + money.recovered.sumMinor;
  const said = {
    in: sum(inMinor, money.currency),
    total: sum(totalMinor, money.currency),
    // Rounded down: what is not all is never 100 %.
    share: percent(String(Math.floor((100 * inMinor) / totalMinor))),
  };
  if (money.recovered.sumMinor === 0) return t('console:home.answer', said);
  return t('console:home.answerRecovered', {
    ...said,
    collected: sum(money.collected.sumMinor, money.currency),
    recovered: sum(money.recovered.sumMinor, money.currency),
  });
}

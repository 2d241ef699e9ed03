import type { hostApi } from '@bivak/contracts';
import type { Renderer } from '@bivak/messages';

/** How much was accepted and is not in the books, in one sentence. */
export function unaccountedText(
  { unaccounted, currency }: Pick<hostApi.Money, 'unaccounted' | 'currency'>,
  { t, money }: Renderer,
): string {
  const { count, sumMinor, otherSums } = unaccounted;
  if (count === 0) return t('console:unaccounted.figure.zero');
  const said = t('console:unaccounted.figure.some', { count, sum: money(sumMinor, currency) });
  return otherSums === 0 ? said : `${said} ${t('console:unaccounted.figure.others', { count: otherSums })}`;
}

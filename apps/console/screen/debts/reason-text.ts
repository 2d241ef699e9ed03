import type { hostApi } from '@bivak/contracts';
import type { Renderer } from '@bivak/messages';

/** Why a sale is a debt, or a card listed: what the bank said; if no bank reached the issuer, that. */
export const reasonText = (
  { meaning, responseCode }: Pick<hostApi.Debt, 'meaning' | 'responseCode'>,
  renderer: Renderer,
): string =>
  meaning === null || responseCode === null
    ? renderer.t('console:debts.notReached')
    : renderer.responseMeaning(meaning, responseCode);

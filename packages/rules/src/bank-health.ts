import type { BankHealth, ResponseClass, ResponseMeaning } from '@bivak/domain';

/**
 * What an answer to a debit, or its lack, shows, and of whom:
 * - `answered`: the bank works, and so does the issuer behind it
 * - `failed`: the bank did not answer, or is in trouble itself
 * - `issuer-failed`: the bank works and cannot reach this card's issuer
 * - `card-refused`: the bank does not let this card be used at our terminals
 * - `blocked`: the bank serves us no more
 */
export type DebitSign = 'answered' | 'failed' | 'issuer-failed' | 'card-refused' | 'blocked';

/** From this many failures in a row on, a bank, or an issuer behind it, comes after all that work. */
export const failuresUntilFailing = 2;
/** So many issuers that a bank cannot reach, with none reached between, are the bank's own trouble. */
export const issuersUntilFailing = 3;
/** So many cards that a bank refuses to our terminals, with none decided between, are our account and not the cards. */
export const cardsUntilBlocked = 3;
/** A bank that fails, or has blocked our account, is probed with one payment after this long; its answer decides. */
export const probeAfterMs: Readonly<Record<BankHealth, number>> = {
  healthy: 0,
  failing: 5 * 60_000,
  blocked: 15 * 60_000,
};

const issuersTrouble: readonly ResponseMeaning[] = [
  'issuer-unreachable',
  'no-route-to-issuer',
  'issuer-answered-late',
];
const decided: readonly ResponseClass[] = ['approved', 'partial', 'declined'];

/** Reads the sign of a debit; `verdict` null: there was no answer. */
export function debitSign(
  verdict: { class: ResponseClass; meaning: ResponseMeaning; after: string | null } | null,
): DebitSign {
  if (verdict === null) return 'failed';
  if (verdict.class === 'merchant-blocked')
    return verdict.meaning === 'not-permitted-to-terminal' ? 'card-refused' : 'blocked';
  if (issuersTrouble.includes(verdict.meaning) && verdict.class !== 'declined') return 'issuer-failed';
  return decided.includes(verdict.class) || verdict.after === 'declined' ? 'answered' : 'failed';
}

import type { BankProfile } from '@bivak/bank-profiles';
import type { Fields } from '@bivak/iso8583';
import type { RequestEnd } from '@bivak/net';
import { currencyNumbers } from './messages.ts';
import type { BankAnswer, DebitRequest } from './port.ts';

/** What a response repeats of its request: message class, STAN, RRN. */
export const keyOf = (message: Fields): string =>
  `${message.get(0)?.slice(0, 2)} ${message.get(11)} ${message.get(37)?.trim() ?? ''}`;

/** True if a response belongs to this very request. */
export type Matches = (response: Fields) => boolean;

/** An approval for another sum, in another currency or of another sale is no approval of this one. */
export function matchesRequest(
  profile: BankProfile,
  request: Pick<DebitRequest, 'amountMinor' | 'currency' | 'reference'>,
): Matches {
  const currencyNumber = currencyNumbers[request.currency]!;
  return (response) =>
    Number(response.get(4)) === request.amountMinor &&
    (response.get(49) ?? currencyNumber) === currencyNumber &&
    response.get(profile.referenceField)?.trim() === request.reference;
}

/** What is known after a request has left: the bank's decision, or nothing. */
export function answerOf(
  { adviceCodeField }: BankProfile,
  end: RequestEnd<Fields>,
  timeoutMs: number,
  matches: Matches,
): Exclude<BankAnswer, { kind: 'not-sent' }> {
  if (end.kind === 'connection-lost') return { kind: 'unknown', failure: { kind: 'connection-lost' } };
  if (end.kind === 'timeout') return { kind: 'unknown', failure: { kind: 'no-answer', timeoutMs } };
  const { response } = end;
  const responseCode = sanitizedCode(response.get(39));
  if (responseCode?.length !== 2 || !matches(response))
    return { kind: 'unknown', failure: { kind: 'answer-mismatch' } };
  return {
    kind: 'answered',
    responseCode,
    authorisationCode: sanitizedCode(response.get(38)),
    adviceCode: adviceCodeField === undefined ? null : sanitizedCode(response.get(adviceCodeField)),
  };
}

const maxCodeLength = 12;

/**
 * A short code of a bank's response without what surrounds it; null if there is none. Banks fill unused fields with spaces or
 * zero bytes, and the store holds no zero byte: an approval must not be lost for that. What is longer than any code may
 * hold a card number, and goes nowhere.
 */
export function sanitizedCode(value: string | undefined): string | null {
  const code = value?.replaceAll('\0', ' ').trim() ?? '';
  return code.length <= maxCodeLength && /^[0-9A-Za-z]+$/.test(code) ? code : null;
}

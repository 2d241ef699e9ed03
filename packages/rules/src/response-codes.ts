import type { AfterReversal, ResponseClass, ResponseMeaning } from '@bivak/domain';
import { actionCodes } from './action-codes.ts';

interface ResponseCode {
  meaning: ResponseMeaning;
  class: ResponseClass;
  /** Of an unsure answer, once it is reversed. */
  after?: AfterReversal;
}

const declined = (meaning: ResponseMeaning): ResponseCode => ({ meaning, class: 'declined' });
const trouble = (meaning: ResponseMeaning): ResponseCode => ({ meaning, class: 'bank-trouble' });
const approved = (meaning: ResponseMeaning): ResponseCode => ({ meaning, class: 'approved' });
const blocked = (meaning: ResponseMeaning): ResponseCode => ({ meaning, class: 'merchant-blocked' });
const unsure = (meaning: ResponseMeaning, after: AfterReversal = 'retry'): ResponseCode => ({
  meaning,
  class: 'unsure',
  after,
});

/**
 * DE 39 of ISO 8583:1987 as acquirers use it (sources: response-code lists of Galileo, myPOS and Vodacom's gateway, read
 * November 2026). A bank's profile overrides single rows. Those of 1993 have three digits, and a table of their own.
 */
const codes: Readonly<Record<string, ResponseCode>> = {
  '00': approved('approved'),
  '01': declined('refer-to-issuer'),
  '02': declined('refer-to-issuer-special'),
  '03': blocked('merchant-not-served'),
  '04': declined('capture-card'),
  '05': declined('do-not-honour'),
  '06': trouble('bank-error'),
  '07': declined('capture-card-special'),
  '08': approved('approved-with-identification'),
  '09': unsure('request-in-progress'),
  '10': { meaning: 'partially-approved', class: 'partial' },
  '11': approved('approved-vip'),
  '12': declined('not-valid-for-card'),
  '13': declined('amount-not-valid'),
  '14': declined('no-such-card'),
  '15': declined('no-such-issuer'),
  '16': approved('approved-update-track-3'),
  '17': unsure('customer-cancellation', 'declined'),
  '19': trouble('re-enter'),
  '21': unsure('no-action-taken'),
  '22': trouble('suspected-malfunction'),
  '30': trouble('message-unreadable'),
  '32': unsure('partially-completed'),
  '40': trouble('function-not-supported'),
  '41': declined('lost-card'),
  '43': declined('stolen-card'),
  '46': declined('account-closed'),
  '51': declined('insufficient-funds'),
  '52': declined('no-checking-account'),
  '53': declined('no-savings-account'),
  '54': declined('expired-card'),
  '55': declined('wrong-pin'),
  '57': declined('not-permitted-to-cardholder'),
  '58': blocked('not-permitted-to-terminal'),
  '59': declined('suspected-fraud'),
  '61': declined('over-amount-limit'),
  '62': declined('restricted-card'),
  '63': declined('security-violation'),
  '65': declined('over-use-limit'),
  '68': unsure('issuer-answered-late'),
  '75': declined('pin-tries-exceeded'),
  '78': declined('card-not-activated'),
  '82': declined('card-data-not-valid'),
  '83': declined('pin-not-verifiable'),
  '85': unsure('no-reason-to-decline', 'declined'),
  '86': declined('pin-not-verifiable'),
  '87': unsure('purchase-amount-only', 'declined'),
  '90': trouble('closing-business-day'),
  '91': trouble('issuer-unreachable'),
  '92': trouble('no-route-to-issuer'),
  '93': declined('forbidden-by-law'),
  // To a message that was sent once, somebody on the way has sent it twice: the first may have been debited.
  '94': unsure('duplicate-transmission'),
  '96': trouble('bank-malfunction'),
};

/** A code that nobody has listed is not understood: reversed first, then it counts as the issuer's no. */
const unlisted = unsure('unlisted', 'declined');

function rowOf(code: string): ResponseCode {
  const table = code.length === 3 ? actionCodes : codes;
  return Object.hasOwn(table, code) ? table[code]! : unlisted;
}

/** What a response code says; `unlisted` for one that nobody has listed. */
export const responseMeaning = (code: string): ResponseMeaning => rowOf(code).meaning;

/** A bank's answer to a debit, as far as it says what became of the money. */
export interface DebitAnswer {
  responseCode: string;
  /** DE 38; null if it holds nothing (blanks, zeros). */
  authorisationCode: string | null;
  /** What the bank says it has debited: DE 4, or DE 54 if its profile says so; null if it does not say. */
  amountMinor: number | null;
}

/** A bank's own reading of a code. */
export type BankReadings = Readonly<Record<string, ResponseClass>>;

/** What an answer means, and what an unsure one counts as once it is reversed. */
export interface Verdict {
  class: ResponseClass;
  meaning: ResponseMeaning;
  /** Null unless the class is `unsure` or `partial`. */
  after: AfterReversal | null;
}

/**
 * Reads an answer to a debit of `amountMinor`. What is not understood is unsure, never a decline: a code that nobody has
 * listed, and any "no" that bears an authorisation code. An approval of less is partial; of more, unsure.
 */
export function readAnswer(answer: DebitAnswer, amountMinor: number, readings: BankReadings = {}): Verdict {
  const { meaning, class: common, after = 'retry' } = rowOf(answer.responseCode);
  const listed = Object.hasOwn(readings, answer.responseCode) ? readings[answer.responseCode]! : common;
  const debitedMinor = answer.amountMinor ?? amountMinor;
  if (listed === 'approved' || listed === 'partial') {
    if (debitedMinor > amountMinor) return { class: 'unsure', meaning, after: 'retry' };
    if (debitedMinor < amountMinor || listed === 'partial')
      return { class: 'partial', meaning, after: 'declined' };
    return { class: 'approved', meaning, after: null };
  }
  if (listed === 'unsure') return { class: 'unsure', meaning, after };
  if (answer.authorisationCode !== null)
    return { class: 'unsure', meaning, after: listed === 'declined' ? 'declined' : 'retry' };
  return { class: listed, meaning, after: null };
}

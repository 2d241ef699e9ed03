import type { BankProfile } from '@bivak/bank-profiles';
import { saleId } from '@bivak/domain';
import type { Fields } from '@bivak/iso8583';
import type { RequestEnd } from '@bivak/net';
import { currencyNumber } from './messages.ts';
import type { BankAnswer, BankMessage, LateAnswer } from './port.ts';

/** The key of a pending request: its class and its STAN, which no other request to the bank has at the time. */
export const keyOf = (request: Fields): string => `${request.get(0)?.[1]} ${request.get(11)}`;

/**
 * True if a message of the bank is the answer to a request of ours, by its type: 0210, 0430, 0810, or 1210 and so on. Banks also
 * repeat the request's last digit, and answer an advice as if it were a request.
 */
export const answersRequest = ({ version }: Pick<BankProfile, 'version'>, messageType: string): boolean =>
  /^\d[12468][13]\d$/.test(messageType) && messageType[0] === (version === '1993' ? '1' : '0');

/** True of a message that bears a decision about money, under whatever type. */
export const isAnswer = (messageType: string): boolean => /^\d\d[135]\d$/.test(messageType);

/** Other names by which a response may find its request, if it does not repeat the STAN: RRN and reference. */
export function aliasesOf(profile: BankProfile, message: Fields): string[] {
  const messageClass = message.get(0)?.[1];
  const names = [message.get(37)?.trim(), message.get(profile.referenceField)?.trim()];
  return names.flatMap((name) => (name === undefined || name === '' ? [] : [`${messageClass} ${name}`]));
}

/** What names a request: its STAN, its RRN and the bank's own, the sale's identity; and its currency. */
export interface NamedRequest {
  stan: string;
  rrns: readonly string[];
  reference: string;
  currency: string;
}

/** What names a message to a bank. */
export function nameOfRequest(message: BankMessage): NamedRequest {
  const { stan, rrn, reference, currency } = message.request;
  if (message.kind === 'debit' || message.kind === 'refund')
    return { stan, rrns: [rrn], reference, currency };
  const { bankRrn } = message.request;
  const own = message.kind === 'inquiry' ? message.request.inquiryStan : stan;
  return { stan: own, rrns: bankRrn === null ? [rrn] : [rrn, bankRrn], reference, currency };
}

/** True if a response belongs to this very request. */
export type Matches = (response: Fields) => boolean;

/**
 * An answer is this request's if it names no other sale and no other currency, and two of STAN, RRN and reference are the
 * request's (banks put an RRN of their own into DE 37, and an answer to an earlier attempt bears the same reference); one is
 * enough if the bank's profile says that it repeats no more. The sum is no matter of whose answer it is.
 */
export function matchesRequest(profile: BankProfile, request: NamedRequest): Matches {
  const { referenceField, echoedFields } = profile;
  const names = [
    [11, [request.stan]],
    [37, request.rrns],
    [referenceField, [request.reference]],
  ] as const;
  const repeated = names.filter(([field]) => echoedFields.includes(field)).length;
  const needed = Math.max(1, Math.min(2, repeated));
  const currency = currencyNumber(request.currency);
  return (response) => {
    const reference = response.get(referenceField)?.trim() || request.reference;
    if ((response.get(49) ?? currency) !== currency) return false;
    if (reference !== request.reference) return false;
    const isNamed = ([field, values]: (typeof names)[number]): boolean =>
      values.includes(response.get(field)?.trim() ?? '');
    return names.filter(isNamed).length >= needed;
  };
}

/** What is known after a request has left: the bank's answer, or nothing. */
export function answerOf(
  profile: BankProfile,
  end: RequestEnd<Fields>,
  timeoutMs: number,
  matches: Matches,
): Exclude<BankAnswer, { kind: 'not-sent' }> {
  if (end.kind === 'connection-lost') return { kind: 'unknown', failure: { kind: 'connection-lost' } };
  if (end.kind === 'timeout') return { kind: 'unknown', failure: { kind: 'no-answer', timeoutMs } };
  const { response } = end;
  const responseCode = sanitizedCode(response.get(39));
  const amountMinor = answeredAmountMinor(profile, response);
  if (responseCode?.length !== codeLength(profile) || Number.isNaN(amountMinor) || !matches(response))
    return { kind: 'unknown', failure: { kind: 'answer-mismatch' } };
  const { adviceCodeField } = profile;
  return {
    kind: 'answered',
    responseCode,
    amountMinor,
    authorisationCode: authorisationCode(response),
    bankRrn: bankRrnOf(profile, response),
    adviceCode: adviceCodeField === undefined ? null : sanitizedCode(response.get(adviceCodeField)),
  };
}

/** An answer as it is reported that no request waits for. Of the reference nothing is taken but a sale's identity. */
export function lateAnswerOf(profile: BankProfile, bankId: string, message: Fields): LateAnswer {
  const messageType = message.get(0)!;
  const reference = saleId.safeParse(message.get(profile.referenceField)?.trim());
  const amountMinor = answeredAmountMinor(profile, message);
  return {
    bankId,
    answers: answeredBy(profile, messageType),
    messageType,
    reference: reference.success ? reference.data : null,
    stan: sanitizedCode(message.get(11)),
    rrn: sanitizedCode(message.get(37)),
    responseCode: sanitizedCode(message.get(39)),
    authorisationCode: authorisationCode(message),
    amountMinor: Number.isNaN(amountMinor) ? null : amountMinor,
    bankRrn: bankRrnOf(profile, message),
  };
}

const codeLength = ({ version }: BankProfile): number => (version === '1993' ? 3 : 2);

const bankRrnOf = ({ givesRrn }: BankProfile, message: Fields): string | null =>
  givesRrn ? sanitizedCode(message.get(37)) : null;

/**
 * What an answer is about that no request waits for, by its type, which may be wrong in its class (0130 for 0230 or 0430). A bank
 * that reserves answers only that by 011x; of all else it may be that it has debited.
 */
function answeredBy({ debit }: BankProfile, messageType: string): LateAnswer['answers'] {
  const [, messageClass, role] = messageType;
  if (messageClass === '4') return 'reversal';
  const reserves = debit.immediate === 'reserve' || debit.deferred === 'reserve';
  if (reserves) return messageClass === '1' && role === '1' ? 'debit' : 'completion';
  return messageClass === '1' && role === '3' ? 'reversal' : 'debit';
}

/** Zeros are what some banks fill an unused DE 38 with. */
function authorisationCode(response: Fields): string | null {
  const code = sanitizedCode(response.get(38));
  return code === null || /^0+$/.test(code) ? null : code;
}

/**
 * The sum that an answer is about; null if it says none, NaN if what it says is no sum. DE 54 holds amounts of 20 characters:
 * account (2), kind (2), currency (3), sign (1), sum (12); the first one is taken.
 */
function answeredAmountMinor({ approvedAmountField: field }: BankProfile, response: Fields): number | null {
  const own = field === undefined ? undefined : response.get(field);
  const text = own === undefined ? response.get(4) : field === 54 ? own.slice(8, 20) : own;
  if (text === undefined) return null;
  return /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
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

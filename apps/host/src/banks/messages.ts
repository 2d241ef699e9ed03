import { type BankProfile, debitType } from '@bivak/bank-profiles';
import {
  type Fields,
  FieldValues,
  networkCodes,
  networkFunctions,
  packOriginalData,
  packOriginalData93,
  type Secrets,
} from '@bivak/iso8583';
import { currencyOf } from '@bivak/money';
import type { BankMessage, DebitRequest, NamedDebit, OpenedCard, RefundRequest } from './port.ts';

/** What identifies us at one bank. */
export interface Acceptor {
  terminalId: string;
  merchantId: string;
  /** What the merchant sells: four digits of ISO 18245. */
  merchantCategoryCode: string;
}

/** True for a currency (ISO 4217, letters) in which a message to a bank can be made. */
export const supportsCurrency = (currency: string): boolean => currencyOf(currency) !== undefined;

/** ISO 4217's number of a currency. Throws an Error if no message to a bank can be made in it. */
export function currencyNumber(currency: string): string {
  const found = currencyOf(currency);
  if (found === undefined) throw new Error(`no message to a bank can be made in ${currency}`);
  return found.number;
}

/** DE 22: contactless chip (07), no PIN entered at a terminal that could take one (1); credential on file (10). */
const entryMode = { contactless: '071', stored: '100' };
/** True of a first debit and of what follows one; a retry, or a refund, is made by what is kept of the card. */
const isTap = (request: RefundRequest | DebitRequest): boolean =>
  'resubmission' in request && !request.resubmission;
/**
 * DE 22 of 1993: contactless chip, attended on our premises, holder and card there, no PIN, a terminal that prints and displays;
 * and the same without holder and card, by what is kept of an earlier tap.
 */
const entryMode93 = { contactless: 'M10101M00146', stored: 'M10140000146' };
/** DE 24 of 1993: original request or advice; advice about an authorization approved before; full reversal; administrative. */
const functions93 = { original: '200', reserve: '100', completion: '201', reversal: '400', inquiry: '600' };
const refundProcessingCode = '200000';

const two = (number: number): string => String(number).padStart(2, '0');

/** DE 7, MMDDhhmmss in UTC. */
export function transmissionTime(atMs: number): string {
  const at = new Date(atMs);
  const date = `${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())}`;
  return `${date}${two(at.getUTCHours())}${two(at.getUTCMinutes())}${two(at.getUTCSeconds())}`;
}

/** The till's own time: hhmmss, MMDD, and the last two digits of the year. */
function localTime(atMs: number, timeZone: string): { time: string; date: string; year: string } {
  const at = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);
  return {
    time: `${two(at.hour)}${two(at.minute)}${two(at.second)}`,
    date: `${two(at.month)}${two(at.day)}`,
    year: two(at.year % 100),
  };
}

/** DE 12 of 1993: YYMMDDhhmmss. */
function localTime93({ soldAtMs, timeZone }: Pick<DebitRequest, 'soldAtMs' | 'timeZone'>): string {
  const { time, date, year } = localTime(soldAtMs, timeZone);
  return `${year}${date}${time}`;
}

/** What only one version of the standard has. */
function versionFields(
  profile: BankProfile,
  { merchantCategoryCode }: Acceptor,
  request: RefundRequest | DebitRequest,
): [number, string][] {
  if (profile.version === '1993')
    return [
      [12, localTime93(request)],
      [22, isTap(request) ? entryMode93.contactless : entryMode93.stored],
      [26, merchantCategoryCode],
    ];
  const { time, date } = localTime(request.soldAtMs, request.timeZone);
  return [
    [12, time],
    [13, date],
    [18, merchantCategoryCode],
    [22, isTap(request) ? entryMode.contactless : entryMode.stored],
  ];
}

/** Where card data will stand: see {@link cardSecrets}. */
const zeros = (length: number): string => '0'.repeat(length);

/** What takes the place of the zeros in a message about this card, at the moment at which it leaves. */
export function cardSecrets({ pan, track2 }: OpenedCard, fields: Fields): Secrets {
  const secrets = new Map([[2, pan]]);
  if (track2 !== null && fields.has(35)) secrets.set(35, track2);
  return secrets;
}

/** What every message about money has. */
function sharedFields(
  profile: BankProfile,
  acceptor: Acceptor,
  request: RefundRequest | DebitRequest,
): FieldValues {
  return withFields(new FieldValues(), [
    [2, zeros(request.card.panLength)],
    [3, '000000'],
    [4, String(request.amountMinor).padStart(12, '0')],
    [7, transmissionTime(request.transmittedAtMs)],
    [11, request.stan],
    [14, request.card.expiry],
    ...versionFields(profile, acceptor, request),
    [37, request.rrn],
    [41, acceptor.terminalId],
    [42, acceptor.merchantId],
    [49, currencyNumber(request.currency)],
    [profile.referenceField, request.reference],
  ]);
}

const is93 = ({ version }: BankProfile): boolean => version === '1993';
/** A message type of the profile's version; repeated, its last digit says so. */
const typeOf = (profile: BankProfile, type: string, repeat = false): string =>
  `${is93(profile) ? '1' : '0'}${type}${repeat ? '1' : '0'}`;

/** DE 24, which 1993 wants in each message. */
const functionCode = (profile: BankProfile, code: string): [number, string][] =>
  is93(profile) ? [[24, code]] : [];

/** The field that names the debit which a message is about, as its own first message has named it. */
function originalData(
  profile: BankProfile,
  debit: Pick<NamedDebit, 'flow' | 'stan' | 'transmittedAtMs' | 'soldAtMs' | 'timeZone'>,
): [number, string] {
  const { stan } = debit;
  const messageType = debitType(profile, debit.flow);
  if (is93(profile)) return [56, packOriginalData93({ messageType, stan, localTime: localTime93(debit) })];
  const transmittedAt = transmissionTime(debit.transmittedAtMs);
  return [90, packOriginalData({ messageType, stan, transmittedAt })];
}

/** How the sale came to be, and under which condition it is asked for. */
function originFields(
  { indicator, conditionCode }: BankProfile,
  { deferred, resubmission }: Pick<DebitRequest, 'deferred' | 'resubmission'>,
): [number, string][] {
  const origin = resubmission ? indicator.resubmission : deferred ? indicator.deferred : indicator.immediate;
  return [
    [25, deferred ? conditionCode.deferred : conditionCode.immediate],
    [indicator.field, origin],
  ];
}

type Make<Kind extends BankMessage['kind']> = (
  profile: BankProfile,
  acceptor: Acceptor,
  message: Extract<BankMessage, { kind: Kind }>,
  nowMs: number,
) => Fields;

/** Adds fields to those of a message that is being made. */
function withFields(fields: FieldValues, more: readonly (readonly [number, string])[]): FieldValues {
  for (const [number, value] of more) fields.set(number, value);
  return fields;
}

/** 0200: debit this card; 0100: reserve the sum; 0220: it is to be debited, and that is told. */
const debitFields: Make<'debit'> = (profile, acceptor, { flow, request }) =>
  withFields(sharedFields(profile, acceptor, request), [
    [0, debitType(profile, flow)],
    ...functionCode(profile, flow === 'reserve' ? functions93.reserve : functions93.original),
    ...originFields(profile, request),
    ...trackField(request.card.trackLength),
  ]);

const trackField = (length: number | null): [number, string][] =>
  length === null ? [] : [[35, zeros(length)]];

/** What follows a debit goes out at its own time, and bears the bank's own RRN if there is one. */
const following = (profile: BankProfile, acceptor: Acceptor, request: NamedDebit, nowMs: number) =>
  withFields(sharedFields(profile, acceptor, request), [
    [7, transmissionTime(nowMs)],
    [37, request.bankRrn ?? request.rrn],
  ]);

/** 0220 or 0120, repeated as …1: debit what you have reserved; of one that is an advice itself, the same once more. */
const completionFields: Make<'completion'> = (profile, acceptor, { request, repeat }, nowMs) => {
  const fields = withFields(following(profile, acceptor, request, nowMs), originFields(profile, request));
  if (request.flow !== 'reserve')
    return withFields(fields, [
      [0, typeOf(profile, '22', repeat)],
      ...functionCode(profile, functions93.original),
    ]);
  return withFields(fields, [
    [0, typeOf(profile, `${profile.completion.messageClass}2`, repeat)],
    ...functionCode(profile, functions93.completion),
    ...(request.authorisationCode === null ? [] : [[38, request.authorisationCode] as const]),
    originalData(profile, request),
  ]);
};

/** 0420 or 0400, repeated as …1: undo that debit, whether you have made it or not, and why. */
const reversalFields: Make<'reversal'> = (profile, acceptor, { request, repeat }, nowMs) => {
  const { sentAs, reason } = profile.reversal;
  return withFields(following(profile, acceptor, request, nowMs), [
    [0, typeOf(profile, sentAs === 'request' ? '40' : '42', repeat)],
    ...functionCode(profile, functions93.reversal),
    [25, profile.conditionCode.immediate],
    [reason.field, reason.codes[request.reason]],
    originalData(profile, request),
  ]);
};

/** 0200 with processing code 20: give this sum back to this card. */
const refundFields: Make<'refund'> = (profile, acceptor, { request }) =>
  withFields(sharedFields(profile, acceptor, request), [
    [0, typeOf(profile, '20')],
    [3, refundProcessingCode],
    ...functionCode(profile, functions93.original),
    ...originFields(profile, { deferred: true, resubmission: false }),
  ]);

/** 0600: what became of that debit? */
const inquiryFields: Make<'inquiry'> = (profile, acceptor, { request }, nowMs) =>
  withFields(following(profile, acceptor, request, nowMs), [
    [0, typeOf(profile, '60')],
    [3, profile.inquiry!.processingCode],
    [11, request.inquiryStan],
    ...functionCode(profile, functions93.inquiry),
    originalData(profile, request),
  ]);

const makers: { [Kind in BankMessage['kind']]: Make<Kind> } = {
  debit: debitFields,
  completion: completionFields,
  reversal: reversalFields,
  refund: refundFields,
  inquiry: inquiryFields,
};

/** The fields of a message to a bank, as its profile has them. Throws an Error if it cannot be made. */
export function messageFields(
  profile: BankProfile,
  acceptor: Acceptor,
  message: BankMessage,
  nowMs: number,
): Fields {
  const make = makers[message.kind] as Make<BankMessage['kind']>;
  return make(profile, acceptor, message, nowMs);
}

/** 0800, or 1804: sign on, sign off, or an echo test. */
export function networkMessage(
  profile: BankProfile,
  code: keyof typeof networkCodes,
  stan: string,
  nowMs: number,
): Fields {
  return new Map([
    [0, is93(profile) ? '1804' : '0800'],
    [7, transmissionTime(nowMs)],
    [11, stan],
    is93(profile) ? [24, networkFunctions[code]] : [70, networkCodes[code]],
  ]);
}

import type { BankProfile } from '@bivak/bank-profiles';
import { type Fields, unpackOriginalData, unpackOriginalData93 } from '@bivak/iso8583';

/** What names a request at the bank: asked again under the same name, it is the same request. */
export interface RequestName {
  stan: string;
  rrn: string;
  terminalId: string;
}
export const nameOf = ({ stan, rrn, terminalId }: RequestName): string => `${stan} ${rrn} ${terminalId}`;

/**
 * What a message about money asks for. A reservation holds the sum, and its completion debits it; a debit may be asked for, or
 * told by an advice.
 */
export type RequestKind = 'debit' | 'reservation' | 'completion' | 'refund' | 'reversal' | 'inquiry';

/** A message about money as the bank has understood it. */
export interface BankRequest extends RequestName {
  what: RequestKind;
  /** It says that it was sent before (…1). */
  isRepeat: boolean;
  pan: string;
  /** YYMM */
  expiry: string;
  amountMinor: number;
  /** By what else it is named: DE 7 (MMDDhhmmss), or DE 12 of 1993 (YYMMDDhhmmss). */
  transmittedAt: string;
  /** The merchant's reference: the sale's identity. */
  reference: string;
  merchantId: string;
  /** What it is about: always there in a completion, a reversal and an inquiry. */
  original: Original | undefined;
}

/** What DE 90, or DE 56 of 1993, names. */
export interface Original {
  messageType: string;
  stan: string;
  transmittedAt: string;
}

/** What a bank's profile says of where things stand in its messages; no decision is taken from it. */
export type Layout = Omit<BankProfile, 'responseClasses' | 'notSupportedCode' | 'timeouts'>;

/** The one currency which the sandbox's banks settle: the rouble. */
const settledCurrency = '643';
const [purchase, refund] = ['000000', '200000'];
const dateTime = /^(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])[0-5]\d[0-5]\d$/;
const time = /^([01]\d|2[0-3])[0-5]\d[0-5]\d$/;
const date = /^(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/;

type Form = readonly [field: number, form: RegExp];

/** The fields that every message about money must have, each with its form. */
const forms: readonly Form[] = [
  [2, /^\d{12,19}$/],
  [4, /^\d{12}$/],
  [7, dateTime],
  [11, /^\d{6}$/],
  [14, /^\d\d(0[1-9]|1[0-2])$/],
  [37, /^[0-9A-Z]{12}$/],
  [41, /^[\x20-\x7e]{8}$/],
  [42, /^[\x20-\x7e]{15}$/],
  [49, new RegExp(`^${settledCurrency}$`)],
];
const formsOf: Readonly<Record<BankProfile['version'], readonly Form[]>> = {
  '1987': [
    [12, time],
    [13, date],
    [18, /^\d{4}$/],
    [22, /^\d{3}$/],
    [25, /^\d{2}$/],
  ],
  '1993': [
    [12, /^\d{12}$/],
    [22, /^[0-9A-Z]{12}$/],
    [24, /^\d{3}$/],
    [26, /^\d{4}$/],
    [25, /^\d{4}$/],
  ],
};

/** Message classes and roles that a bank takes, by what it does: `…` stands for a first sending (0) or a repeat (1). */
function kindsOf({ debit, completion, inquiry }: Layout): [type: string, what: RequestKind][] {
  const flows = Object.values(debit);
  const kinds: [string, RequestKind][] = [['20', 'debit']];
  if (flows.includes('reserve'))
    kinds.push(['10', 'reservation'], [`${completion.messageClass}2`, 'completion']);
  if (flows.includes('advise')) kinds.push(['22', 'debit']);
  kinds.push(['40', 'reversal'], ['42', 'reversal']);
  return inquiry === undefined ? kinds : [...kinds, ['60', 'inquiry']];
}

/** What a message asks for, by its type; undefined if this bank knows no such type. */
export function kindOf(layout: Layout, messageType: string): RequestKind | undefined {
  const [version, messageClass, role, origin] = messageType;
  const isOwnVersion = version === (layout.version === '1993' ? '1' : '0');
  if (!isOwnVersion || (origin !== '0' && origin !== '1')) return undefined;
  return kindsOf(layout).find(([type]) => type === `${messageClass}${role}`)?.[1];
}

/** The request in a message about money; undefined if a field is missing or of a wrong form (answered as a format error). */
export function readRequest(layout: Layout, message: Fields): BankRequest | undefined {
  const needed = [...forms, ...formsOf[layout.version]];
  const what = readKind(layout, message);
  // An inquiry says neither how the sale came to be nor under which condition it is asked for.
  const isThere = ([field, form]: Form): boolean =>
    (what === 'inquiry' && field === 25) || form.test(message.get(field) ?? '');
  if (what === undefined || !needed.every(isThere)) return undefined;
  const reference = message.get(layout.referenceField)?.trim() ?? '';
  const amountMinor = Number(message.get(4));
  if (!/^[\x21-\x7e]{1,60}$/.test(reference) || amountMinor === 0) return undefined;
  if ((what === 'debit' || what === 'reservation') && !saysWhatItIs(layout, message)) return undefined;
  if (what === 'reversal' && !saysWhy(layout, message)) return undefined;
  const original = originalOf(layout, message);
  const isAboutAnother = what === 'reversal' || what === 'completion' || what === 'inquiry';
  if (isAboutAnother && !isDebitType(layout, original?.messageType)) return undefined;
  const [pan, expiry] = [message.get(2)!, message.get(14)!];
  const track2 = message.get(35);
  if (track2 !== undefined && !track2.startsWith(`${pan}=${expiry}`)) return undefined;
  return {
    what,
    isRepeat: message.get(0)![3] === '1',
    pan,
    expiry,
    amountMinor,
    stan: message.get(11)!,
    rrn: message.get(37)!,
    terminalId: message.get(41)!.trim(),
    transmittedAt: message.get(layout.version === '1993' ? 12 : 7)!,
    reference,
    merchantId: message.get(42)!.trim(),
    original,
  };
}

/** By type and processing code; undefined if the two do not go together. */
function readKind(layout: Layout, message: Fields): RequestKind | undefined {
  const kind = kindOf(layout, message.get(0)!);
  const code = message.get(3);
  if (kind === 'debit' && code === refund && message.get(0)![2] === '0') return 'refund';
  if (kind === 'inquiry') return code === layout.inquiry?.processingCode ? kind : undefined;
  if (code !== purchase) return undefined;
  // A bank that only reserves debits nothing by a request.
  const isAsked = kind === 'debit' && message.get(0)![2] === '0';
  return isAsked && !Object.values(layout.debit).includes('request') ? undefined : kind;
}

function originalOf({ version }: Layout, message: Fields): Original | undefined {
  if (version === '1987') return unpackOriginalData(message.get(90));
  const original = unpackOriginalData93(message.get(56));
  return original === undefined
    ? undefined
    : { messageType: original.messageType, stan: original.stan, transmittedAt: original.localTime };
}

const isDebitType = ({ version }: Layout, messageType: string | undefined): boolean =>
  (version === '1993' ? ['1200', '1100', '1220'] : ['0200', '0100', '0220']).includes(messageType ?? '');

/** The profile has a place and codes for why a debit is undone. */
const saysWhy = ({ reversal: { reason } }: Layout, message: Fields): boolean =>
  Object.values(reason.codes).includes(message.get(reason.field)?.trim() ?? '');

/** Asked at once, taken offline earlier, or sent again after a decline: the layout has a place and values for it. */
function saysWhatItIs({ indicator, conditionCode }: Layout, message: Fields): boolean {
  const { field, ...values } = indicator;
  return (
    Object.values(values).includes(message.get(field)?.trim() ?? '') &&
    Object.values(conditionCode).includes(message.get(25) ?? '')
  );
}

import type { BankProfile } from '@bivak/bank-profiles';
import { type Fields, type OriginalData, unpackOriginalData } from '@bivak/iso8583';

/** What names a request at the bank: asked again under the same name, it is the same request. */
export interface RequestName {
  stan: string;
  rrn: string;
  terminalId: string;
}
export const nameOf = ({ stan, rrn, terminalId }: RequestName): string => `${stan} ${rrn} ${terminalId}`;

/** A message about money as the bank has understood it. */
export interface BankRequest extends RequestName {
  what: 'debit' | 'refund' | 'reversal';
  pan: string;
  /** YYMM */
  expiry: string;
  amountMinor: number;
  /** DE 7, MMDDhhmmss. */
  transmittedAt: string;
  /** The merchant's reference: the sale's identity. */
  reference: string;
  merchantId: string;
  /** What DE 90 names: always there in a reversal. */
  original: OriginalData | undefined;
}

/** What a bank's profile says of where things stand in its messages; no decision is taken from it. */
export type Layout = Pick<BankProfile, 'spec' | 'header' | 'referenceField' | 'indicator' | 'conditionCode'>;

/** The one currency which the sandbox's banks settle: the rouble. */
const settledCurrency = '643';
const [purchase, refund] = ['000000', '200000'];
const dateTime = /^(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])[0-5]\d[0-5]\d$/;

/** The fields that every message about money must have, each with its form. */
const forms: readonly (readonly [field: number, form: RegExp])[] = [
  [2, /^\d{12,19}$/],
  [3, new RegExp(`^(${purchase}|${refund})$`)],
  [4, /^\d{12}$/],
  [7, dateTime],
  [11, /^\d{6}$/],
  [12, /^([01]\d|2[0-3])[0-5]\d[0-5]\d$/],
  [13, /^(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/],
  [14, /^\d\d(0[1-9]|1[0-2])$/],
  [22, /^\d{3}$/],
  [25, /^\d{2}$/],
  [37, /^[0-9A-Z]{12}$/],
  [41, /^[\x20-\x7e]{8}$/],
  [42, /^[\x20-\x7e]{15}$/],
  [49, new RegExp(`^${settledCurrency}$`)],
];

export const requestTypes: readonly string[] = ['0200', '0201', '0400', '0401', '0420', '0421'];

/** The request in a message of {@link requestTypes}; undefined if a field is missing or of a wrong form (answered 30). */
export function readRequest(layout: Layout, message: Fields): BankRequest | undefined {
  if (forms.some(([field, form]) => !form.test(message.get(field) ?? ''))) return undefined;
  const reference = message.get(layout.referenceField)?.trim() ?? '';
  const amountMinor = Number(message.get(4));
  if (!/^[\x21-\x7e]{1,60}$/.test(reference) || amountMinor === 0) return undefined;
  const what = message.get(0)!.startsWith('04') ? 'reversal' : message.get(3) === refund ? 'refund' : 'debit';
  if (message.get(0) === '0200' && what === 'debit' && !saysWhatItIs(layout, message)) return undefined;
  const original = unpackOriginalData(message.get(90));
  if (what === 'reversal' && original?.messageType !== '0200') return undefined;
  const [pan, expiry] = [message.get(2)!, message.get(14)!];
  const track2 = message.get(35);
  if (track2 !== undefined && !track2.startsWith(`${pan}=${expiry}`)) return undefined;
  return {
    what,
    pan,
    expiry,
    amountMinor,
    stan: message.get(11)!,
    rrn: message.get(37)!,
    terminalId: message.get(41)!.trim(),
    transmittedAt: message.get(7)!,
    reference,
    merchantId: message.get(42)!.trim(),
    original,
  };
}

/** Asked at once, taken offline earlier, or sent again after a decline: the layout has a place and values for it. */
function saysWhatItIs({ indicator, conditionCode }: Layout, message: Fields): boolean {
  const { field, ...values } = indicator;
  return (
    Object.values(values).includes(message.get(field)?.trim() ?? '') &&
    Object.values(conditionCode).includes(message.get(25) ?? '')
  );
}

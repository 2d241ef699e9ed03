import type { BankProfile } from '@bivak/bank-profiles';
import type { Fields } from '@bivak/iso8583';

/** A financial message as the bank has understood it. */
export interface BankRequest {
  pan: string;
  /** YYMM */
  expiry: string;
  amountMinor: number;
  stan: string;
  rrn: string;
  /** DE 7, MMDDhhmmss. */
  transmittedAt: string;
  reference: string;
  terminalId: string;
  merchantId: string;
}

/** The one currency which the sandbox's banks settle: the rouble. */
const settledCurrency = '643';
const purchase = '000000';
const dateTime = /^(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])[0-5]\d[0-5]\d$/;

/** The fields that every financial message must have, each with its form. */
const forms: readonly (readonly [field: number, form: RegExp])[] = [
  [2, /^\d{12,19}$/],
  [3, new RegExp(`^${purchase}$`)],
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

/** The request in a message; undefined if a field is missing or of a wrong form (the bank then answers 30). */
export function readRequest(profile: BankProfile, message: Fields): BankRequest | undefined {
  if (forms.some(([field, form]) => !form.test(message.get(field) ?? ''))) return undefined;
  const reference = message.get(profile.referenceField)?.trim() ?? '';
  const amountMinor = Number(message.get(4));
  if (!/^[\x21-\x7e]{1,60}$/.test(reference) || amountMinor === 0) return undefined;
  if (message.get(0) === '0200' && !saysWhatItIs(profile, message)) return undefined;
  const [pan, expiry] = [message.get(2)!, message.get(14)!];
  const track2 = message.get(35);
  if (track2 !== undefined && !track2.startsWith(`${pan}=${expiry}`)) return undefined;
  return {
    pan,
    expiry,
    amountMinor,
    stan: message.get(11)!,
    rrn: message.get(37)!,
    transmittedAt: message.get(7)!,
    reference,
    terminalId: message.get(41)!.trim(),
    merchantId: message.get(42)!.trim(),
  };
}

/** Asked at once, taken offline earlier, or sent again after a decline: the profile has a place and values for it. */
function saysWhatItIs({ indicator, conditionCode }: BankProfile, message: Fields): boolean {
  const { field, ...values } = indicator;
  return (
    Object.values(values).includes(message.get(field)?.trim() ?? '') &&
    Object.values(conditionCode).includes(message.get(25) ?? '')
  );
}

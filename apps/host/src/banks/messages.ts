import type { BankProfile } from '@bivak/bank-profiles';
import { type Fields, networkCodes, packOriginalData } from '@bivak/iso8583';
import type { DebitRequest, RefundRequest, ReversalRequest } from './port.ts';

/** What identifies us at one bank. */
export interface Acceptor {
  terminalId: string;
  merchantId: string;
}

/** ISO 4217 numbers of the currencies in which a message to a bank can be made. */
export const currencyNumbers: Readonly<Record<string, string>> = {
  RUB: '643',
  EUR: '978',
  USD: '840',
  KZT: '398',
  BYN: '933',
};
/** True for a currency (ISO 4217, letters) in which a message to a bank can be made. */
export const supportsCurrency = (currency: string): boolean => Object.hasOwn(currencyNumbers, currency);

/** Merchant category 5812, eating places. */
const merchantType = '5812';
/** DE 22: contactless chip (07), no PIN entered at a terminal that could take one (1). */
const contactless = '071';

const two = (number: number): string => String(number).padStart(2, '0');

/** DE 7, MMDDhhmmss in UTC. */
export function transmissionTime(atMs: number): string {
  const at = new Date(atMs);
  const date = `${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())}`;
  return `${date}${two(at.getUTCHours())}${two(at.getUTCMinutes())}${two(at.getUTCSeconds())}`;
}

/** DE 12 (hhmmss) and DE 13 (MMDD) in the till's own time. */
function localTime(atMs: number, timeZone: string): { time: string; date: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const part = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  return {
    time: `${part.get('hour')}${part.get('minute')}${part.get('second')}`,
    date: `${part.get('month')}${part.get('day')}`,
  };
}

/** What a debit and its reversal have in common. */
function sharedFields(
  profile: BankProfile,
  acceptor: Acceptor,
  request: Omit<DebitRequest, 'deferred' | 'resubmission'>,
): Map<number, string> {
  const { time, date } = localTime(request.soldAtMs, request.timeZone);
  const currencyNumber = currencyNumbers[request.currency];
  if (currencyNumber === undefined)
    throw new Error(`no message to a bank can be made in ${request.currency}`);
  return new Map([
    [2, request.card.pan],
    [3, '000000'],
    [4, String(request.amountMinor).padStart(12, '0')],
    [7, transmissionTime(request.transmittedAtMs)],
    [11, request.stan],
    [12, time],
    [13, date],
    [14, request.card.expiry],
    [18, merchantType],
    [22, contactless],
    [37, request.rrn],
    [41, acceptor.terminalId],
    [42, acceptor.merchantId],
    [49, currencyNumber],
    [profile.referenceField, request.reference],
  ]);
}

/** 0200: debit this card. */
export function debitMessage(profile: BankProfile, acceptor: Acceptor, request: DebitRequest): Fields {
  const { indicator, conditionCode } = profile;
  const origin = request.resubmission
    ? indicator.resubmission
    : request.deferred
      ? indicator.deferred
      : indicator.immediate;
  return sharedFields(profile, acceptor, request)
    .set(0, '0200')
    .set(35, `${request.card.pan}=${request.card.expiry}${request.card.serviceCode}`)
    .set(25, request.deferred ? conditionCode.deferred : conditionCode.immediate)
    .set(indicator.field, origin);
}

/** 0200 with processing code 20: give this sum back to this card. */
export function refundMessage(profile: BankProfile, acceptor: Acceptor, request: RefundRequest): Fields {
  return sharedFields(profile, acceptor, request)
    .set(0, '0200')
    .set(3, '200000')
    .set(25, profile.conditionCode.deferred)
    .set(profile.indicator.field, profile.indicator.deferred);
}

/** 0420, repeated as 0421: undo that debit, whether you have made it or not. */
export function reversalMessage(
  profile: BankProfile,
  acceptor: Acceptor,
  request: ReversalRequest,
  repeat: boolean,
): Fields {
  return sharedFields(profile, acceptor, request)
    .set(0, repeat ? '0421' : '0420')
    .set(25, profile.conditionCode.immediate)
    .set(
      90,
      packOriginalData({
        messageType: '0200',
        stan: request.stan,
        transmittedAt: transmissionTime(request.transmittedAtMs),
      }),
    );
}

/** 0800: sign on, sign off, or an echo test. */
export function networkMessage(code: keyof typeof networkCodes, stan: string, nowMs: number): Fields {
  return new Map([
    [0, '0800'],
    [7, transmissionTime(nowMs)],
    [11, stan],
    [70, networkCodes[code]],
  ]);
}

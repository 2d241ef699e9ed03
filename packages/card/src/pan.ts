import { createHmac } from 'node:crypto';

/** ISO/IEC 7812-1. */
const minPanDigits = 12;

/**
 * First six and last four digits, stars between: what may be shown (PCI DSS 3.4.1 permits no more). Of what is shorter than
 * a card number nothing is shown. Of a number in bytes no text is made but that.
 */
export function maskPan(pan: string | Uint8Array): string {
  if (pan.length < minPanDigits) return '*'.repeat(pan.length);
  return `${textOf(pan.slice(0, 6))}${'*'.repeat(pan.length - 10)}${textOf(pan.slice(-4))}`;
}

const textOf = (digits: string | Uint8Array): string =>
  typeof digits === 'string' ? digits : Buffer.from(digits).toString('latin1');

/** The check digit that follows `digits` (ISO/IEC 7812-1, annex B). */
export function luhnDigit(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}

/** True if the last digit is the right check digit. Some real test cards fail it: never a reason to stop reading a card. */
export function luhnValid(pan: string): boolean {
  return /^\d{2,}$/.test(pan) && luhnDigit(pan.slice(0, -1)) === pan.at(-1);
}

/**
 * The name by which a card is known outside reader and key store: HMAC-SHA-256 of the PAN, 64 hex digits. A plain hash
 * could be reversed by trying all numbers.
 */
export function cardReference(key: Uint8Array, pan: string | Uint8Array): string {
  return createHmac('sha256', key).update(pan).digest('hex');
}

/** The entry whose prefix is the longest that `digits` begins with (masked digits end the search). */
export function longestPrefix<Value>(table: ReadonlyMap<string, Value>, digits: string): Value | undefined {
  for (let length = Math.min(digits.length, 12); length > 0; length--) {
    const found = table.get(digits.slice(0, length));
    if (found !== undefined) return found;
  }
  return undefined;
}

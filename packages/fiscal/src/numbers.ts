import { fail, ok, type Result } from './result.ts';

const LONGEST_VLN_BYTES = 8;
const MOST_DECIMALS = 18;

/** VLN: an unsigned number, little-endian, in as many bytes as it needs (up to 8); no bytes are 0. */
export function decodeVln(bytes: Uint8Array): Result<bigint> {
  if (bytes.length > LONGEST_VLN_BYTES) {
    return fail('bad-length', LONGEST_VLN_BYTES, `a VLN has at most 8 bytes, this has ${bytes.length}`);
  }
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(bytes[index]!);
  return ok(value);
}

/** The shortest VLN of a number; 0 takes one byte. */
export function encodeVln(value: bigint | number): Result<Buffer> {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    return fail('bad-value', 0, `${value} is no whole number that a double holds exactly`);
  }
  let rest = BigInt(value);
  if (rest < 0n) return fail('bad-value', 0, `${value} is below 0`);
  const bytes: number[] = [];
  do {
    bytes.push(Number(rest & 0xffn));
    rest >>= 8n;
  } while (rest > 0n);
  if (bytes.length > LONGEST_VLN_BYTES) return fail('too-large', 0, `${value} needs more than 8 bytes`);
  return ok(Buffer.from(bytes));
}

/** A decimal number as it is written: 1234567.89 is `{units: 123456789n, decimals: 2}`. */
export interface Decimal {
  units: bigint;
  decimals: number;
}

/** FVLN: one byte with the number of decimals, then the digits as VLN. */
export function decodeFvln(bytes: Uint8Array): Result<Decimal> {
  const decimals = bytes[0];
  if (decimals === undefined) return fail('truncated', 0, 'an FVLN begins with its number of decimals');
  if (decimals > MOST_DECIMALS)
    return fail('bad-value', 0, `${decimals} decimals; at most ${MOST_DECIMALS} make sense`);
  const units = decodeVln(bytes.subarray(1));
  if (!units.ok) return fail(units.error.code, units.error.offset + 1, units.error.message);
  return ok({ units: units.value, decimals });
}

export function encodeFvln(value: Decimal): Result<Buffer> {
  if (!Number.isInteger(value.decimals) || value.decimals < 0 || value.decimals > MOST_DECIMALS) {
    return fail('bad-value', 0, `${value.decimals} is no number of decimals from 0 to ${MOST_DECIMALS}`);
  }
  const units = encodeVln(value.units);
  return units.ok ? ok(Buffer.concat([Buffer.of(value.decimals), units.value])) : units;
}

/** "1234567.89" */
export function formatDecimal(value: Decimal): string {
  const digits = value.units.toString().padStart(value.decimals + 1, '0');
  if (value.decimals === 0) return digits;
  return `${digits.slice(0, -value.decimals)}.${digits.slice(-value.decimals)}`;
}

export function parseDecimal(text: string): Result<Decimal> {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return fail('bad-value', 0, `"${text}" is no decimal number`);
  const fraction = match[2] ?? '';
  return ok({ units: BigInt(match[1]! + fraction), decimals: fraction.length });
}

import { fail, ok, type Result } from './result.ts';

/**
 * Fiscal documents know only the wall clock at the place of sale, without its zone. It is kept here as local
 * seconds: the wall time counted as if it were UTC, in seconds since 1970 (so that tag 1012 holds it as it is).
 */
export type LocalSeconds = number;

const MINUTE_S = 60;
const FIRST_YEAR = 2000;

/** DATE_TIME of the drive protocol: year from 2000, month, day, hour, minute, a byte each. Seconds are dropped. */
export function encodeDateTime(local: LocalSeconds): Buffer {
  const date = new Date(local * 1000);
  const year = date.getUTCFullYear() - FIRST_YEAR;
  return Buffer.of(year, date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes());
}

export function decodeDateTime(bytes: Uint8Array, offset = 0): Result<LocalSeconds> {
  if (bytes.length < offset + 5) return fail('truncated', bytes.length, 'a date and time has 5 bytes');
  const [hour, minute] = [bytes[offset + 3]!, bytes[offset + 4]!];
  const day = decodeDate(bytes, offset);
  if (!day.ok) return day;
  if (hour > 23) return fail('bad-value', offset + 3, `there is no hour ${hour}`);
  if (minute > 59) return fail('bad-value', offset + 4, `there is no minute ${minute}`);
  return ok(day.value + (hour * 60 + minute) * MINUTE_S);
}

/** DATE of the drive protocol: year from 2000, month, day. */
export function encodeDate(local: LocalSeconds): Buffer {
  return encodeDateTime(local).subarray(0, 3);
}

export function decodeDate(bytes: Uint8Array, offset = 0): Result<LocalSeconds> {
  if (bytes.length < offset + 3) return fail('truncated', bytes.length, 'a date has 3 bytes');
  const [year, month, day] = [bytes[offset]!, bytes[offset + 1]!, bytes[offset + 2]!];
  const date = new Date(Date.UTC(FIRST_YEAR + year, month - 1, day));
  if (month < 1 || month > 12) return fail('bad-value', offset + 1, `there is no month ${month}`);
  if (date.getUTCMonth() !== month - 1 || day === 0) {
    return fail('bad-value', offset + 2, `month ${month} of ${FIRST_YEAR + year} has no day ${day}`);
  }
  return ok(date.getTime() / 1000);
}

/** The wall clock in `timeZone` (IANA name) at an instant, whole seconds. */
export function localSecondsAt(instantMs: number, timeZone: string): LocalSeconds {
  const wall = Temporal.Instant.fromEpochMilliseconds(instantMs)
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime();
  return Math.floor(wall.toZonedDateTime('UTC').epochMilliseconds / 1000);
}

/**
 * The instant (ms) at which the wall clock in `timeZone` shows `local`: of two (clocks put back) the earlier; one that it
 * never shows (clocks put forward) is read with the zone's later offset.
 */
export function instantOfLocal(local: LocalSeconds, timeZone: string): number {
  const wall = Temporal.Instant.fromEpochMilliseconds(local * 1000)
    .toZonedDateTimeISO('UTC')
    .toPlainDateTime();
  return wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' }).epochMilliseconds;
}

/** "20170216T1336", with seconds if there are any: the time as QR codes have it. */
export function compactLocal(local: LocalSeconds): string {
  const digits = new Date(local * 1000).toISOString().replaceAll(/[-:]/g, '');
  return local % MINUTE_S === 0 ? digits.slice(0, 13) : digits.slice(0, 15);
}

/** "2017-02-16T13:36:00" */
export function isoLocal(local: LocalSeconds): string {
  return new Date(local * 1000).toISOString().slice(0, 19);
}

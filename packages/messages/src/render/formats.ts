/** An instant: ISO 8601, milliseconds since 1970, or a Date. */
export type At = string | number | Date;

const dayMs = 86_400_000;

/** Writes numbers and times as people read them. */
export interface Formats {
  /**
   * A sum: "1 249,00 ₽" (non-breaking spaces) in Russian, "₽1,249.00" in English. `currency` is ISO 4217; without one the
   * sum alone, two decimals.
   */
  money(amountMinor: number, currency: string | undefined): string;
  /** A percentage that is given as text ("1.7"), every digit of it: "1,7 %", "1.7%". */
  percent(percent: string): string;
  /** "24 нояб. 2026 г., 14:05", "24 Nov 2026, 14:05". */
  instant(at: At, withSeconds: boolean): string;
  /** A day: "1 декабря", "1 December". */
  day(at: At): string;
  /** A time of day, without a zero before the hour: "9:05". */
  time(at: At): string;
  /** A moment that was: "вторник, 24 ноября, 18:05". */
  moment(at: At): string;
  /** A moment ahead: weekday and hour ("вторник, 9:00"), with the day if the weekday alone might be of another week. */
  ahead(at: At, nowMs: number): string;
  /** Whole days from the day of `nowMs` to that of `at`, by the calendar of the time zone: 0 today, 1 tomorrow. */
  daysAhead(at: At, nowMs: number): number;
  /**
   * How long something has lasted, in its two largest units: "2 дн. 3 ч", "3 ч 15 мин", "0 мин"; "2 days 3 hrs". Below a
   * minute in seconds, if they are asked for: "1,5 с".
   */
  duration(durationMs: number, withSeconds: boolean): string;
  /** What stands between thousands and before decimals, for a field in which a sum is typed. */
  separators(): { thousands: string; decimal: string };
  /** Names one after the other: "A, B и C", "A, B and C". */
  list(names: readonly string[]): string;
}

/** `locale` is BCP 47, `timeZone` IANA (undefined: the machine's own). */
export function createFormats(locale: string, timeZone: string | undefined): Formats {
  const { number, parts, date } = createFormatters(locale, timeZone);
  const weekday = (at: At): string => date(at, { weekday: 'long' });
  const formats: Formats = {
    money: (amountMinor, currency) => moneyOf(number, amountMinor, currency),
    percent: (percent) =>
      number({ style: 'percent', maximumFractionDigits: 4 }).format(
        `${percent}e-2` as Intl.StringNumericLiteral,
      ),
    instant: (at, withSeconds) =>
      date(at, {
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        ...(withSeconds ? { second: '2-digit' } : {}),
      }),
    day: (at) => date(at, { day: 'numeric', month: 'long' }),
    time: (at) =>
      parts(at, { hour: 'numeric', minute: '2-digit', hourCycle: 'h23' })
        .map(({ type, value }) => (type === 'hour' ? String(Number(value)) : value))
        .join(''),
    moment: (at) => `${weekday(at)}, ${formats.day(at)}, ${formats.time(at)}`,
    ahead: (at, nowMs) =>
      new Date(at).getTime() - nowMs >= 6 * dayMs
        ? formats.moment(at)
        : `${weekday(at)}, ${formats.time(at)}`,
    daysAhead: (at, nowMs) => Math.round((dayNumber(parts, at) - dayNumber(parts, nowMs)) / dayMs),
    duration: (durationMs, withSeconds) => durationOf(number, durationMs, withSeconds),
    separators: () => separatorsOf(number),
    list: (names) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(names),
  };
  return formats;
}

type NumberFormatter = (options: Intl.NumberFormatOptions) => Intl.NumberFormat;
type DateParts = (at: At, options: Intl.DateTimeFormatOptions) => Intl.DateTimeFormatPart[];

/** Formatters, each made once: to make one takes far longer than to use it. */
function createFormatters(locale: string, timeZone: string | undefined) {
  const numbers = new Map<string, Intl.NumberFormat>();
  const dates = new Map<string, Intl.DateTimeFormat>();
  const number: NumberFormatter = (options) =>
    kept(numbers, options, () => new Intl.NumberFormat(locale, options));
  const dated = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    kept(
      dates,
      options,
      () => new Intl.DateTimeFormat(locale, { ...options, ...(timeZone === undefined ? {} : { timeZone }) }),
    );
  const parts: DateParts = (at, options) => dated(options).formatToParts(new Date(at));
  const date = (at: At, options: Intl.DateTimeFormatOptions): string => dated(options).format(new Date(at));
  return { number, parts, date };
}

function kept<Formatter>(
  formatters: Map<string, Formatter>,
  options: object,
  make: () => Formatter,
): Formatter {
  const key = JSON.stringify(options);
  const found = formatters.get(key) ?? make();
  formatters.set(key, found);
  return found;
}

function moneyOf(number: NumberFormatter, amountMinor: number, currency: string | undefined): string {
  if (currency === undefined) return number({ minimumFractionDigits: 2 }).format(amountMinor / 100);
  const format = number({ style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
  // A yen has no minor unit, a dinar has thousandths.
  return format.format(amountMinor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

function separatorsOf(number: NumberFormatter): { thousands: string; decimal: string } {
  const parts = number({ minimumFractionDigits: 1, useGrouping: 'always' }).formatToParts(1_000);
  const part = (name: string): string => parts.find(({ type }) => type === name)?.value ?? '';
  return { thousands: part('group'), decimal: part('decimal') };
}

/** The day of an instant by the calendar of the time zone, as the milliseconds of its midnight in UTC. */
function dayNumber(parts: DateParts, at: At): number {
  const found = parts(at, { year: 'numeric', month: 'numeric', day: 'numeric', calendar: 'iso8601' });
  const part = (name: string): number => Number(found.find(({ type }) => type === name)!.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'));
}

function durationOf(number: NumberFormatter, durationMs: number, withSeconds: boolean): string {
  const lastedMs = Math.max(0, durationMs);
  const minutes = Math.floor(lastedMs / 60_000);
  const unit = (name: string, count: number): string =>
    number({ style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: 1 }).format(count);
  if (withSeconds && minutes === 0) return unit('second', lastedMs / 1_000);
  if (minutes === 0) return unit('minute', 0);
  const units = [
    ['day', Math.floor(minutes / 1_440)],
    ['hour', Math.floor(minutes / 60) % 24],
    ['minute', minutes % 60],
  ] as const;
  const first = units.findIndex(([, count]) => count > 0);
  return units
    .slice(first, first + 2)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => unit(name, count))
    .join(' ');
}

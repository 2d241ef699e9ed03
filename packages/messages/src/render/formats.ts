/** An instant: ISO 8601, milliseconds since 1970, or a Date. */
export type At = string | number | Date;

/** In which form numbers and times are written. */
export interface FormatOptions {
  /** BCP 47. */
  locale: string;
  /** IANA; undefined: the machine’s own. */
  timeZone: string | undefined;
}

const dayMs = 86_400_000;

const dated = ({ locale, timeZone }: FormatOptions, at: At, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(locale, { ...options, ...(timeZone === undefined ? {} : { timeZone }) }).format(
    new Date(at),
  );

/**
 * A sum as people read it: "1 249,00 ₽" (non-breaking spaces) in Russian, "₽1,249.00" in English. `currency` is ISO 4217;
 * undefined: the sum alone, two decimals.
 */
export function formatMoney(locale: string, amountMinor: number, currency: string | undefined): string {
  if (currency === undefined)
    return new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(amountMinor / 100);
  const options = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
  const format = new Intl.NumberFormat(locale, options);
  // A yen has no minor unit, a dinar has thousandths.
  return format.format(amountMinor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** A percentage that is given as text ("1.7"), every digit of it: "1,7 %", "1.7%". */
export function formatPercent(locale: string, percent: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 4 });
  return format.format(`${percent}e-2` as Intl.StringNumericLiteral);
}

/** "24 нояб. 2026 г., 14:05", "24 Nov 2026, 14:05". */
export function formatInstant(format: FormatOptions, at: At, withSeconds = false): string {
  return dated(format, at, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds ? { second: '2-digit' } : {}),
  });
}

/** A day: "1 декабря", "1 December". */
export const formatDay = (format: FormatOptions, at: At): string =>
  dated(format, at, { day: 'numeric', month: 'long' });

/** A time of day, without a zero before the hour: "9:05". */
export function formatTime(format: FormatOptions, at: At): string {
  const { timeZone } = format;
  const parts = new Intl.DateTimeFormat(format.locale, {
    hour: 'numeric',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).formatToParts(new Date(at));
  return parts.map(({ type, value }) => (type === 'hour' ? String(Number(value)) : value)).join('');
}

const weekday = (format: FormatOptions, at: At): string => dated(format, at, { weekday: 'long' });

/** A moment that was: "вторник, 24 ноября, 18:05". */
export const formatMoment = (format: FormatOptions, at: At): string =>
  `${weekday(format, at)}, ${formatDay(format, at)}, ${formatTime(format, at)}`;

/** A moment ahead: weekday and hour ("вторник, 9:00"), with the day if the weekday alone might be of another week. */
export function formatAhead(format: FormatOptions, at: At, nowMs: number): string {
  if (new Date(at).getTime() - nowMs >= 6 * dayMs) return formatMoment(format, at);
  return `${weekday(format, at)}, ${formatTime(format, at)}`;
}

/** Whole days from the day of `nowMs` to that of `at`, by the calendar of the time zone: 0 today, 1 tomorrow. */
export function daysAhead(format: FormatOptions, at: At, nowMs: number): number {
  const zone = { ...(format.timeZone === undefined ? {} : { timeZone: format.timeZone }) };
  const dayOf = (instant: At): number => {
    const parts = new Intl.DateTimeFormat('en-GB', {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      ...zone,
    }).formatToParts(new Date(instant));
    const part = (name: string): number => Number(parts.find(({ type }) => type === name)!.value);
    return Date.UTC(part('year'), part('month') - 1, part('day'));
  };
  return Math.round((dayOf(at) - dayOf(nowMs)) / dayMs);
}

/**
 * How long something has lasted, in its two largest units, seconds only below a minute and if asked for: "2 дн. 3 ч",
 * "3 ч 15 мин", "0 мин"; "2 days 3 hrs".
 */
export function formatDuration(locale: string, durationMs: number, withSeconds = false): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1_000));
  const minutes = Math.floor(seconds / 60);
  const unit = (name: string, count: number): string =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(count);
  if (withSeconds && minutes === 0) return unit('second', seconds);
  if (minutes === 0) return unit('minute', 0);
  const parts = [
    ['day', Math.floor(minutes / 1_440)],
    ['hour', Math.floor(minutes / 60) % 24],
    ['minute', minutes % 60],
  ] as const;
  const first = parts.findIndex(([, count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => unit(name, count))
    .join(' ');
}

/** Names one after the other: "A, B и C", "A, B and C". */
export const formatList = (locale: string, names: readonly string[]): string =>
  new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);

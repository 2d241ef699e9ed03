import type { Language } from './language.ts';

const locales = { ru: 'ru-RU', en: 'en-GB' } as const;
const dayMs = 86_400_000;

const parts = (language: Language, at: Date, timeZone: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(locales[language], { timeZone, ...options }).format(at);

const hourWords = (language: Language, at: Date, timeZone: string): string =>
  parts(language, at, timeZone, {
    hour: language === 'ru' ? 'numeric' : '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).replace(/^0(?=\d:)/, '');

/** A day: "1 декабря", "1 December". */
export function dayWords(language: Language, at: Date, timeZone: string): string {
  return parts(language, at, timeZone, { day: 'numeric', month: 'long' });
}

/** A moment that was: "вторник, 24 ноября, 18:05". */
export function momentWords(language: Language, at: Date, timeZone: string): string {
  const weekday = parts(language, at, timeZone, { weekday: 'long' });
  return `${weekday}, ${dayWords(language, at, timeZone)}, ${hourWords(language, at, timeZone)}`;
}

/** A moment ahead: weekday and hour ("вторник, 9:00"), with the day where the weekday alone might be of another week. */
export function aheadWords(language: Language, at: Date, timeZone: string, nowMs: number): string {
  if (at.getTime() - nowMs >= 6 * dayMs) return momentWords(language, at, timeZone);
  return `${parts(language, at, timeZone, { weekday: 'long' })}, ${hourWords(language, at, timeZone)}`;
}

/** True where both are on the same day in the time zone. */
export function isSameDay(at: Date, nowMs: number, timeZone: string): boolean {
  const day = (one: Date): string =>
    parts('en', one, timeZone, { year: 'numeric', month: 'numeric', day: 'numeric' });
  return day(at) === day(new Date(nowMs));
}

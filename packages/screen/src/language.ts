import { type Language, languages } from '@bivak/words';
import { useTranslation } from 'react-i18next';

export type { Language };

const storageKey = 'bivak.language';

/** The language to begin with: the address's (`?lang=`), else the one chosen before, else Russian. */
export function firstLanguage(search: string, stored: string | null): Language {
  const asked = new URLSearchParams(search).get('lang') ?? stored;
  return languages.find((language) => language === asked) ?? 'ru';
}

export function storedLanguage(): string | null {
  return localStorage.getItem(storageKey);
}

export function storeLanguage(language: Language): void {
  localStorage.setItem(storageKey, language);
}

/** The language in which the screen is shown. */
export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === 'en' ? 'en' : 'ru';
}

const locales = { ru: 'ru-RU', en: 'en-GB' } as const;

/** The site's time zone (IANA), where the page bears one (`<html data-time-zone>`); else the viewer's own. */
function siteZone(): string | undefined {
  return globalThis.document?.documentElement.dataset.timeZone;
}

/** "24 нояб. 2026 г., 14:05" or "24 Nov 2026, 14:05", in the site's time zone. */
export function formatInstant(
  language: Language,
  instant: string,
  options: { timeZone?: string | undefined; withSeconds?: boolean } = {},
): string {
  const { timeZone = siteZone(), withSeconds = false } = options;
  return new Intl.DateTimeFormat(locales[language], {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds ? { second: '2-digit' } : {}),
    ...zoneOf(timeZone),
  }).format(new Date(instant));
}

const zoneOf = (timeZone: string | undefined) => (timeZone === undefined ? {} : { timeZone });

/** How long something has lasted, in its two largest units: "2 дн. 3 ч", "3 ч 15 мин", "0 мин"; "2 days 3 hr". */
export function formatDuration(language: Language, durationMs: number): string {
  const minutes = Math.max(0, Math.floor(durationMs / 60_000));
  const parts = [
    ['day', Math.floor(minutes / 1_440)],
    ['hour', Math.floor(minutes / 60) % 24],
    ['minute', minutes % 60],
  ] as const;
  const first = Math.max(
    0,
    parts.findIndex(([, count]) => count > 0),
  );
  const shown =
    minutes === 0 ? parts.slice(2) : parts.slice(first, first + 2).filter(([, count]) => count > 0);
  return shown
    .map(([unit, count]) =>
      new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(count),
    )
    .join(' ');
}

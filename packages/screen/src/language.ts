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

/** "24 нояб. 2026 г., 14:05" or "24 Nov 2026, 14:05", in the viewer's own time zone. */
export function formatInstant(language: Language, instant: string): string {
  const options = {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  } as const;
  return new Intl.DateTimeFormat(locales[language], options).format(new Date(instant));
}

/** "14:05" */
export function formatTime(language: Language, instant: string, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  return new Intl.DateTimeFormat(locales[language], { hour: '2-digit', minute: '2-digit', ...zone }).format(
    new Date(instant),
  );
}

import {
  type Language,
  languages,
  type Renderer,
  type RendererOptions,
  rendererOver,
  translateOf,
} from '@bivak/messages';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

export type { Language };

const storageKey = 'bivak.language';

const known = (code: string | null | undefined): Language =>
  languages.find((language) => language.code === code)?.code ?? languages[0].code;

/** The language to begin with: the address's (`?lang=`), else the one chosen before, else the first of all. */
export function firstLanguage(search: string, stored: string | null): Language {
  return known(new URLSearchParams(search).get('lang') ?? stored);
}

export function storedLanguage(): string | null {
  return localStorage.getItem(storageKey);
}

export function storeLanguage(language: Language): void {
  localStorage.setItem(storageKey, language);
}

/** The language in which the screen is shown. */
export function useLanguage(): Language {
  const { i18n } = useTranslation('screen');
  return known(i18n.language);
}

/** The site's time zone (IANA), if the page bears one (`<html data-time-zone>`); else the viewer's own. */
function siteZone(): string | undefined {
  return globalThis.document?.documentElement.dataset.timeZone;
}

/**
 * Says facts, sums and times in the screen's language and the site's time zone. `nameOfBank` has to stay the same function
 * from one drawing to the next.
 */
export function useRenderer(options: Partial<Omit<RendererOptions, 'language'>> = {}): Renderer {
  const { i18n } = useTranslation('screen');
  const language = useLanguage();
  const { currency, nameOfBank, nowMs, timeZone = siteZone() } = options;
  const t = useMemo(() => translateOf(i18n, language), [i18n, language]);
  return useMemo(
    () => rendererOver(t, { language, currency, nameOfBank, nowMs, timeZone }),
    [t, language, currency, nameOfBank, nowMs, timeZone],
  );
}

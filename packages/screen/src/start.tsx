import '@fontsource-variable/inter/index.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createInstance } from 'i18next';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider, initReactI18next } from 'react-i18next';
import { firstLanguage, type Language, storedLanguage } from './language.ts';
import { readableColors, theme } from './theme.ts';

/**
 * Starts a screen in `#root`: theme, words in both languages (a word that is missing in one is a bug of the types), and the
 * cache of what was read. `title` is the page's title in each language.
 */
export function startScreen(options: {
  element: ReactNode;
  words: Readonly<Record<Language, object>>;
  title: Readonly<Record<Language, string>>;
}): void {
  const i18n = createInstance();
  const name = (language: string): void => {
    document.documentElement.lang = language;
    document.title = options.title[language === 'en' ? 'en' : 'ru'];
  };
  i18n.on('languageChanged', name);
  void i18n.use(initReactI18next).init({
    lng: firstLanguage(location.search, storedLanguage()),
    fallbackLng: false,
    resources: { ru: { translation: options.words.ru }, en: { translation: options.words.en } },
    interpolation: { escapeValue: false },
  });
  // The server is on this machine: that the browser knows of no network must not stop the screen from asking it.
  const networkMode = 'always';
  const queries = new QueryClient({
    defaultOptions: {
      queries: { retry: false, refetchOnWindowFocus: false, networkMode },
      mutations: { networkMode },
    },
  });
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <I18nextProvider i18n={i18n}>
        <QueryClientProvider client={queries}>
          <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={readableColors}>
            {options.element}
          </MantineProvider>
        </QueryClientProvider>
      </I18nextProvider>
    </StrictMode>,
  );
}

import '@fontsource-variable/inter/index.css';
import { languages, translatorOptions } from '@bivak/messages';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createInstance } from 'i18next';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider, initReactI18next } from 'react-i18next';
import { firstLanguage, storedLanguage } from './language.ts';
import { namespacesOf, type ScreenName } from './screens.ts';
import { readableColors, theme } from './theme.ts';

/** Starts a screen in `#root`: theme, its texts in every language, and the cache of what was read. */
export function startScreen({ name, element }: { name: ScreenName; element: ReactNode }): void {
  const i18n = createInstance();
  i18n.on('languageChanged', (language) => {
    document.documentElement.lang = language;
    document.title = i18n.t(`screen:title.${name}`);
  });
  const ns = namespacesOf(name);
  const textsOf = (texts: Readonly<Record<string, object>>) =>
    Object.fromEntries(ns.map((namespace) => [namespace, texts[namespace]!]));
  void i18n.use(initReactI18next).init({
    ...translatorOptions,
    lng: firstLanguage(location.search, storedLanguage()),
    ns,
    resources: Object.fromEntries(languages.map(({ code, texts }) => [code, textsOf(texts)])),
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
            {element}
          </MantineProvider>
        </QueryClientProvider>
      </I18nextProvider>
    </StrictMode>,
  );
}

import { createInstance, type InitOptions, type i18n, type TFunction } from 'i18next';
import { type Language, languageRow } from '../languages.ts';
import type { Namespace, Texts } from '../texts.ts';
import '../types.ts';

/** The namespaces of a {@link Translate}: keys of the first need no name before them. */
export type Namespaces = readonly ['domain', ...Exclude<Namespace, 'domain'>[]];

/** Says a text by its key: `t('paymentState.collected')` of the domain, `t('till:link.up')` of any other. */
export type Translate = TFunction<Namespaces>;

export const namespaces = [
  'domain',
  'cardholder',
  'cli',
  'console',
  'notices',
  'panel',
  'problems',
  'receipt',
  'sandbox',
  'scenario',
  'screen',
  'sentences',
  'till',
] as const satisfies Namespaces & readonly Namespace[];

/** Settings that every instance of i18next has here. */
export const translatorOptions = {
  fallbackLng: false,
  defaultNS: 'domain',
  interpolation: { escapeValue: false },
  returnNull: false,
} satisfies InitOptions;

/** A key or a value that is missing is a bug: what is sent or printed with a gap cannot be taken back. */
const strictly = {
  parseMissingKeyHandler: (key: string): never => {
    throw new Error(`there is no text for ${key}`);
  },
  missingInterpolationHandler: (text: string, [placeholder]: string[]): never => {
    throw new Error(`no value for ${placeholder} in "${text}"`);
  },
} satisfies InitOptions;

/** The translator over an instance that is set up already (a screen's). */
export const translateOf = (instance: i18n, language: string): Translate =>
  instance.getFixedT(language, namespaces) as Translate;

/** A translator of texts in the language of this locale: what {@link createTranslator} does for a language that is registered. */
export function translatorFor(locale: string, texts: Texts): Translate {
  const instance = createInstance();
  void instance.init({
    ...translatorOptions,
    ...strictly,
    lng: locale,
    ns: namespaces,
    initAsync: false,
    resources: { [locale]: texts },
  });
  return translateOf(instance, locale);
}

export function createTranslator(language: Language): Translate {
  const { locale, texts } = languageRow(language);
  return translatorFor(locale, texts);
}

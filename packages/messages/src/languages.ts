import type { LocalName } from '@bivak/domain';
import { en } from './en/index.ts';
import { ru } from './ru/index.ts';
import type { Texts } from './texts.ts';

/** A language in which everything can be said. */
export interface LanguageRow<Code extends string = string> {
  code: Code;
  /** BCP 47, for dates, numbers and plurals. */
  locale: string;
  /** What it calls itself. */
  ownName: string;
  texts: Texts;
}

const row = <const Code extends string>(language: LanguageRow<Code>): LanguageRow<Code> => language;

/** Every language: a further one is its texts and its row here. The first is the one for those who ask for none. */
export const languages = [
  row({ code: 'ru', locale: 'ru-RU', ownName: 'Русский', texts: ru }),
  row({ code: 'en', locale: 'en-GB', ownName: 'English', texts: en }),
] as const;

export type Language = (typeof languages)[number]['code'];

/** Every language's code. */
export const codes = languages.map(({ code }) => code) as [Language, ...Language[]];

export const languageRow = (code: Language): LanguageRow<Language> =>
  languages.find((one) => one.code === code)!;

/** The name in this language; if it was given in others only, in the first of these. */
export const nameIn = (name: LocalName, code: Language): string => name[code] ?? Object.values(name)[0] ?? '';

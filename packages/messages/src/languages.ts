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

/** A name that people gave, in the languages in which they gave it ("Банк Север", "North Bank"). */
export type LocalName = { readonly [Code in Language]?: string };

/** The name in this language; if it was given in others only, in the first of these; else `otherwise`. */
export function nameIn(name: LocalName, code: Language, otherwise = ''): string {
  return name[code] ?? codes.map((other) => name[other]).find((one) => one !== undefined) ?? otherwise;
}

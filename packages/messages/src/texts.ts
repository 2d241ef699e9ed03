import type { English } from './en/index.ts';

export type { English };

/** The forms that plurals may have (CLDR). English has `one` and `other`, Russian `one`, `few`, `many` and `other`. */
export type PluralForm = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';

/** The English texts' keys in a language with the plural forms `Forms`: every key, and each form of a plural. */
export type Translated<Texts, Forms extends PluralForm> = {
  readonly [Key in keyof Texts as Key extends `${infer Base}_${PluralForm}`
    ? `${Base}_${Forms}`
    : Key]: Texts[Key] extends string ? string : Translated<Texts[Key], Forms>;
};

/** A folder of texts for one place: one file a language. */
export type Namespace = keyof English;

/** What a language has to bring: every key; of a plural at least the form that serves every number. */
export type Texts = Translated<English, 'other'>;

export type Russian<Name extends Namespace> = Translated<English[Name], 'one' | 'few' | 'many' | 'other'>;

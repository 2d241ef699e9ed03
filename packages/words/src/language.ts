/** The languages of the screens. */
export const languages = ['ru', 'en'] as const;
export type Language = (typeof languages)[number];

/**
 * The form of a word that goes with a count: Russian has three (1 продажа, 2 продажи, 5 продаж), English two.
 * `forms` are in the order one, few, many (English: one, other).
 */
export function plural(language: Language, count: number, forms: readonly string[]): string {
  const category = new Intl.PluralRules(language).select(count);
  const index = category === 'one' ? 0 : category === 'few' ? 1 : forms.length - 1;
  return forms[index]!;
}

/** Puts values into a text: "{sum} at {shop}". A name that has no value is a bug and throws. */
export function fillWords(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for {${name}} in "${text}"`);
    return value;
  });
}

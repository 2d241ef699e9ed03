/** The languages of the screens. */
export const languages = ['ru', 'en'] as const;
export type Language = (typeof languages)[number];

/** Puts values into a text: "{sum} at {shop}". A name that has no value is a bug and throws. */
export function fillWords(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for {${name}} in "${text}"`);
    return value;
  });
}

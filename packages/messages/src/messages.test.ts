import { describe, expect, it } from 'vitest';
import { en } from './en/index.ts';
import { createRenderer, type LanguageRow, languages, type Texts, translatorFor } from './index.ts';

interface Tree {
  readonly [key: string]: string | Tree;
}

/** Every text of a tree with its key ("till:link.up"). */
function textsIn(tree: Tree, path: readonly string[] = []): [key: string, text: string][] {
  return Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'string'
      ? [[keyOf([...path, name]), value] as [string, string]]
      : textsIn(value, [...path, name]),
  );
}
const keyOf = ([namespace, ...rest]: readonly string[]): string => `${namespace}:${rest.join('.')}`;

const forms = ['zero', 'one', 'two', 'few', 'many', 'other'];
const pluralOf = (key: string): { base: string; form: string } | undefined => {
  const at = key.lastIndexOf('_');
  const form = key.slice(at + 1);
  return at > 0 && forms.includes(form) ? { base: key.slice(0, at), form } : undefined;
};
/** The names of the values that a text takes. */
const valuesOf = (text: string): string[] =>
  text
    .split('{{')
    .slice(1)
    .map((rest) => rest.split('}}')[0]!)
    .toSorted();

const mapTexts = (tree: Tree, map: (text: string) => string): Tree =>
  Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      typeof value === 'string' ? map(value) : mapTexts(value, map),
    ]),
  );

/** Renders every text of a language; returns what came out by key. A text or a value that is missing throws. */
function renderAll(locale: string, texts: Texts): Map<string, string> {
  const t = translatorFor(locale, texts) as unknown as (key: string, values: object) => string;
  const rendered = new Map<string, string>();
  const all = textsIn(texts as unknown as Tree);
  const values = Object.fromEntries(
    all.flatMap(([, text]) => valuesOf(text)).map((name) => [name, `<${name}>`]),
  );
  for (const [key] of all) {
    const plural = pluralOf(key);
    if (plural === undefined) rendered.set(key, t(key, values));
    else
      for (const count of [0, 1, 2, 5, 21, 22, 1.5])
        rendered.set(`${plural.base}#${count}`, t(plural.base, { ...values, count }));
  }
  return rendered;
}

describe.each(languages)('the texts in $ownName', ({ locale, texts }) => {
  const all = new Map(textsIn(texts as unknown as Tree));
  const english = new Map(textsIn(en));

  it('are all rendered, with every value', () => {
    for (const [key, text] of renderAll(locale, texts)) {
      expect(text, key).not.toBe('');
      expect(text, key).not.toContain('{{');
    }
  });

  it('take the same values as the English ones', () => {
    for (const [key, text] of all) {
      const plural = pluralOf(key);
      const original = english.get(plural === undefined ? key : `${plural.base}_other`)!;
      // One thing may be said without its number or with its name ("the sale", "payment till-1-000007").
      if (plural === undefined) expect(new Set(valuesOf(text)), key).toEqual(new Set(valuesOf(original)));
      else {
        const one = english.get(`${plural.base}_one`) ?? '';
        for (const name of valuesOf(text))
          expect([...valuesOf(original), ...valuesOf(one)], key).toContain(name);
      }
    }
  });

  it('have each plural form of the language, and no other', () => {
    const needed = new Intl.PluralRules(locale).resolvedOptions().pluralCategories.toSorted();
    const found = new Map<string, string[]>();
    for (const key of all.keys()) {
      const plural = pluralOf(key);
      if (plural !== undefined) found.set(plural.base, [...(found.get(plural.base) ?? []), plural.form]);
    }
    expect(found.size).toBeGreaterThan(20);
    for (const [base, has] of found) expect(has.toSorted(), base).toEqual(needed);
  });
});

describe('a third language', () => {
  // What one more file would export: here the English texts, each marked.
  const marked = mapTexts(en, (text) => `¤${text}`) as unknown as Texts;
  const row: LanguageRow<'xx'> = { code: 'xx', locale: 'de-DE', ownName: 'Stub', texts: marked };

  it('is one file of texts and its row: every text is rendered from it', () => {
    const rendered = renderAll(row.locale, row.texts);
    expect(rendered.size).toBeGreaterThan(900);
    for (const [key, text] of rendered) expect(text, key).toMatch(/^¤/);
  });
});

describe('a key', () => {
  const { t } = createRenderer({ language: 'en' });

  it('that does not exist does not compile, nor one without its values', () => {
    const missing = [
      // @ts-expect-error no such key
      () => t('till:nothing'),
      // @ts-expect-error no such state
      () => t('paymentState.nothing'),
      // @ts-expect-error a value is missing
      () => t('event.rung-up.what'),
      // @ts-expect-error another value
      () => t('route.on-us', { percents: '1' }),
    ];
    for (const call of missing) expect(call).toThrow(/there is no text|no value/);
  });

  it('of a plural needs its count', () => {
    // @ts-expect-error the count is missing
    const call = () => t('sentences:unsent.entries');
    expect(call).toThrow();
    expect(t('sentences:unsent.entries', { count: 1 })).toBe('1 journal entry to be sent');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeDocument } from './describe.ts';
import { decodeFields, encodeFields, type Field } from './fields.ts';
import { orThrow } from './result.ts';
import { tagTable } from './tags.ts';
import { encodeTlvList, parseTlvList } from './tlv.ts';

const bytes = fc.uint8Array({ maxLength: 300 });

describe('lists of tags', () => {
  it('go round as bytes', () => {
    const list = fc.array(
      fc.record({ tag: fc.integer({ min: 0, max: 0xffff }), value: fc.uint8Array({ maxLength: 40 }) }),
    );
    fc.assert(
      fc.property(list, (tlvs) => {
        const again = orThrow(parseTlvList(orThrow(encodeTlvList(tlvs))));
        expect(again.map(({ tag, value }) => [tag, [...value]])).toEqual(
          tlvs.map(({ tag, value }) => [tag, [...value]]),
        );
      }),
    );
  });

  it('name the byte at which they break', () => {
    const list = orThrow(
      encodeTlvList([
        { tag: 1040, value: Buffer.alloc(4) },
        { tag: 1021, value: Buffer.alloc(9) },
      ]),
    );
    for (let length = 1; length < list.length; length += 1) {
      const cut = decodeFields(list.subarray(0, length));
      if (length === 8) expect(cut.ok).toBe(true);
      else expect(!cut.ok && cut.error).toMatchObject({ code: 'truncated', offset: length < 8 ? 0 : 8 });
    }
  });
});

/** Values that suit a tag of the table. */
function fieldOf(tag: number): fc.Arbitrary<Field> {
  const row = tagTable.get(tag)!;
  const word = fc.string({
    unit: fc.constantFrom(...'Чай, кофе 1'),
    maxLength: Math.min(row.maxLength ?? 20, 20),
  });
  const values: Record<string, fc.Arbitrary<Field['value']>> = {
    text: word.map((text) => (row.padTo === undefined ? text : text.trimEnd())),
    vln: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    fvln: fc
      .tuple(fc.nat(), fc.nat({ max: 999 }))
      .map(([whole, part]) => `${whole}.${part.toString().padStart(3, '0')}`),
    u32: fc.integer({ min: 0, max: 0xffff_ffff }),
    time: fc.integer({ min: 0, max: 0xffff_ffff }),
    byte: fc.integer({ min: 0, max: 255 }),
    sign: fc.uint8Array({ minLength: 6, maxLength: 6 }).map((sign) => Buffer.from(sign)),
    bytes: fc.uint8Array({ maxLength: 32 }).map((value) => Buffer.from(value)),
  };
  return values[row.type]!.map((value) => ({ tag, value }));
}
const leaves = [...tagTable.values()].filter((row) => row.type !== 'list').map((row) => row.tag);
const leaf = fc.constantFrom(...leaves).chain(fieldOf);
const field: fc.Arbitrary<Field> = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 5 }).map((value) => ({ tag: 1059, value })),
);

describe('requisites', () => {
  it('go round with their meaning', () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 12 }), (fields) => {
        expect(orThrow(decodeFields(orThrow(encodeFields(fields))))).toEqual(fields);
      }),
    );
  });

  it('never throw, whatever the bytes', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        const result = decodeFields(input);
        if (!result.ok) expect(result.error.offset).toBeLessThanOrEqual(input.length);
        expect(() => JSON.stringify(describeDocument(input))).not.toThrow();
      }),
    );
  });

  it('refuse lists nested beyond reason instead of exhausting the stack', () => {
    let inner: Uint8Array = Buffer.alloc(0);
    for (let depth = 0; depth < 10_000; depth += 1) {
      inner = orThrow(encodeTlvList([{ tag: 1059, value: inner }]));
    }
    const result = decodeFields(inner);
    expect(!result.ok && result.error.code).toBe('nested-too-deep');
  });

  it('refuse values that their tags cannot hold', () => {
    const wrong: Field[] = [
      { tag: 1040, value: -1 },
      { tag: 1040, value: 2 ** 32 },
      { tag: 1054, value: 256 },
      { tag: 1020, value: 1.5 },
      { tag: 1192, value: 'x'.repeat(17) },
      { tag: 1021, value: '中' },
      { tag: 1077, value: Buffer.alloc(5) },
      { tag: 1023, value: 'one' },
      { tag: 1059, value: 'text' },
      { tag: 1020, value: [] },
    ];
    for (const one of wrong) expect(encodeFields([one]).ok, `tag ${one.tag}`).toBe(false);
  });
});

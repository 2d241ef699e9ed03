import type { Composite, FieldSpec, MessageSpec } from './specification.ts';

/** How characters and digits stand in the bytes: ASCII, EBCDIC (code page 037), or ASCII with packed digits. */
export type Style = 'ascii' | 'ebcdic' | 'bcd';

/**
 * A field in the standards' own notation: `n6` six digits, `n..19` up to 19 digits, `an12`, `ans..999`, `b8` eight bytes,
 * `b..255` up to 255 bytes, `x+n8` sign and eight digits, `z..37` track data.
 */
export type FieldRow = readonly [number: number, format: string, name: string];

/** A part of a composite field. */
export const part = (name: string, enc: FieldSpec['enc'], max: number): FieldSpec => ({
  name,
  type: 'fixed',
  enc,
  max,
});

/** A format of rows in the standards' notation. */
export function specOf(
  name: string,
  style: Style,
  bitmap: MessageSpec['bitmap'],
  rows: readonly FieldRow[],
  composites: ReadonlyMap<number, Composite>,
): MessageSpec {
  const fields = rows.map(([number, format, fieldName]) => {
    const composite = composites.get(number);
    const field = fieldSpec(format, fieldName, style);
    return [number, composite === undefined ? field : { ...field, composite }] as const;
  });
  return { name, bitmap, fields: Object.fromEntries(fields) };
}

function fieldSpec(format: string, name: string, style: Style): FieldSpec {
  const [, kind, dots, digits] = /^(x\+n|ans|an|n|b|z)(\.\.)?(\d+)$/.exec(format)!;
  const isAmount = kind === 'x+n';
  const max = Number(digits) + (isAmount ? 1 : 0);
  const enc = encodings[style][kind as keyof (typeof encodings)['ascii']];
  const isSigned = isAmount && style !== 'ebcdic';
  if (dots === undefined) return { name, type: 'fixed', enc, max, ...(isSigned ? { left: true } : {}) };
  return { name, type: 'var', enc, max, digits: max > 99 ? 3 : 2, lenEnc: style };
}

const encodings = {
  ascii: { n: 'ascii-n', z: 'ascii-n', an: 'ascii-an', ans: 'ascii-an', b: 'raw', 'x+n': 'amount-ascii' },
  ebcdic: { n: 'ebcdic-n', z: 'ebcdic-n', an: 'ebcdic-an', ans: 'ebcdic-an', b: 'raw', 'x+n': 'ebcdic-an' },
  bcd: { n: 'bcd-left', z: 'bcd-right', an: 'ascii-an', ans: 'ascii-an', b: 'raw', 'x+n': 'amount-bcd' },
} as const;

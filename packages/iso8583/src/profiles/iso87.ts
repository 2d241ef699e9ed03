import type { FieldSpec, MessageSpec } from '../specification.ts';

/**
 * ISO 8583:1987, the fields in the standard's own notation: `n6` six digits, `n..19` up to 19 digits, `an12`, `ans..999`,
 * `b8` eight bytes, `b..255` up to 255 bytes, `x+n8` sign and eight digits, `z..37` track data.
 */
const fields1987: readonly (readonly [number: number, format: string, name: string])[] = [
  [0, 'n4', 'message type indicator'],
  [2, 'n..19', 'primary account number'],
  [3, 'n6', 'processing code'],
  [4, 'n12', 'amount, transaction'],
  [5, 'n12', 'amount, settlement'],
  [6, 'n12', 'amount, cardholder billing'],
  [7, 'n10', 'transmission date and time'],
  [9, 'n8', 'conversion rate, settlement'],
  [10, 'n8', 'conversion rate, cardholder billing'],
  [11, 'n6', 'system trace audit number'],
  [12, 'n6', 'time, local transaction'],
  [13, 'n4', 'date, local transaction'],
  [14, 'n4', 'date, expiration'],
  [15, 'n4', 'date, settlement'],
  [18, 'n4', 'merchant type'],
  [19, 'n3', 'acquiring institution country code'],
  [22, 'n3', 'point of service entry mode'],
  [23, 'n3', 'card sequence number'],
  [24, 'n3', 'network international identifier'],
  [25, 'n2', 'point of service condition code'],
  [28, 'x+n8', 'amount, transaction fee'],
  [32, 'n..11', 'acquiring institution identification code'],
  [33, 'n..11', 'forwarding institution identification code'],
  [35, 'z..37', 'track 2 data'],
  [37, 'an12', 'retrieval reference number'],
  [38, 'an6', 'authorization identification response'],
  [39, 'an2', 'response code'],
  [41, 'ans8', 'card acceptor terminal identification'],
  [42, 'ans15', 'card acceptor identification code'],
  [43, 'ans40', 'card acceptor name/location'],
  [44, 'ans..25', 'additional response data'],
  [48, 'ans..999', 'additional data, private'],
  [49, 'n3', 'currency code, transaction'],
  [52, 'b8', 'personal identification number data'],
  [53, 'n16', 'security related control information'],
  [54, 'ans..120', 'additional amounts'],
  [55, 'b..255', 'integrated circuit card data'],
  [60, 'ans..999', 'reserved, private'],
  [61, 'ans..999', 'reserved, private'],
  [62, 'ans..999', 'reserved, private'],
  [63, 'ans..999', 'reserved, private'],
  [64, 'b8', 'message authentication code'],
  [70, 'n3', 'network management information code'],
  [90, 'n42', 'original data elements'],
  [95, 'ans42', 'replacement amounts'],
  [128, 'b8', 'message authentication code'],
];

/** The 1987 format in characters (`ascii`) or with packed digits (`bcd`). */
export function iso87(name: string, style: 'ascii' | 'bcd', bitmap: 'hex' | 'binary'): MessageSpec {
  const fields = fields1987.map(
    ([number, format, fieldName]) => [number, fieldSpec(format, fieldName, style)] as const,
  );
  return { name, bitmap, fields: Object.fromEntries(fields) };
}

function fieldSpec(format: string, name: string, style: 'ascii' | 'bcd'): FieldSpec {
  const [, kind, dots, digits] = /^(x\+n|ans|an|n|b|z)(\.\.)?(\d+)$/.exec(format)!;
  const isAmount = kind === 'x+n';
  const max = Number(digits) + (isAmount ? 1 : 0);
  const enc = encodings[style][kind as keyof (typeof encodings)['ascii']];
  if (dots === undefined) return { name, type: 'fixed', enc, max, ...(isAmount ? { left: true } : {}) };
  return { name, type: 'var', enc, max, digits: max > 99 ? 3 : 2, lenEnc: style };
}

const encodings = {
  ascii: { n: 'ascii-n', z: 'ascii-n', an: 'ascii-an', ans: 'ascii-an', b: 'raw', 'x+n': 'amount-ascii' },
  bcd: { n: 'bcd-left', z: 'bcd-right', an: 'ascii-an', ans: 'ascii-an', b: 'raw', 'x+n': 'amount-bcd' },
} as const;

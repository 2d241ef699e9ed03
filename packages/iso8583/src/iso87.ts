import type { Composite, FieldSpec, MessageSpec } from './specification.ts';

/**
 * ISO 8583:1987, the fields in the standard's own notation: `n6` six digits, `n..19` up to 19 digits, `an12`, `ans..999`,
 * `b8` eight bytes, `b..255` up to 255 bytes, `x+n8` sign and eight digits, `z..37` track data. All of them: a bank may
 * answer with a field that nobody here asks for. Only 65, which would announce a third bitmap, is no field.
 */
const fields1987: readonly (readonly [number: number, format: string, name: string])[] = [
  [0, 'n4', 'message type indicator'],
  [2, 'n..19', 'primary account number'],
  [3, 'n6', 'processing code'],
  [4, 'n12', 'amount, transaction'],
  [5, 'n12', 'amount, settlement'],
  [6, 'n12', 'amount, cardholder billing'],
  [7, 'n10', 'transmission date and time'],
  [8, 'n8', 'amount, cardholder billing fee'],
  [9, 'n8', 'conversion rate, settlement'],
  [10, 'n8', 'conversion rate, cardholder billing'],
  [11, 'n6', 'system trace audit number'],
  [12, 'n6', 'time, local transaction'],
  [13, 'n4', 'date, local transaction'],
  [14, 'n4', 'date, expiration'],
  [15, 'n4', 'date, settlement'],
  [16, 'n4', 'date, conversion'],
  [17, 'n4', 'date, capture'],
  [18, 'n4', 'merchant type'],
  [19, 'n3', 'acquiring institution country code'],
  [20, 'n3', 'primary account number extended, country code'],
  [21, 'n3', 'forwarding institution country code'],
  [22, 'n3', 'point of service entry mode'],
  [23, 'n3', 'card sequence number'],
  [24, 'n3', 'network international identifier'],
  [25, 'n2', 'point of service condition code'],
  [26, 'n2', 'point of service PIN capture code'],
  [27, 'n1', 'authorization identification response length'],
  [28, 'x+n8', 'amount, transaction fee'],
  [29, 'x+n8', 'amount, settlement fee'],
  [30, 'x+n8', 'amount, transaction processing fee'],
  [31, 'x+n8', 'amount, settlement processing fee'],
  [32, 'n..11', 'acquiring institution identification code'],
  [33, 'n..11', 'forwarding institution identification code'],
  [34, 'ans..28', 'primary account number, extended'],
  [35, 'z..37', 'track 2 data'],
  [36, 'z..104', 'track 3 data'],
  [37, 'an12', 'retrieval reference number'],
  [38, 'an6', 'authorization identification response'],
  [39, 'an2', 'response code'],
  [40, 'an3', 'service restriction code'],
  [41, 'ans8', 'card acceptor terminal identification'],
  [42, 'ans15', 'card acceptor identification code'],
  [43, 'ans40', 'card acceptor name/location'],
  [44, 'ans..25', 'additional response data'],
  [45, 'ans..76', 'track 1 data'],
  [46, 'ans..999', 'additional data, ISO'],
  [47, 'ans..999', 'additional data, national'],
  [48, 'ans..999', 'additional data, private'],
  [49, 'n3', 'currency code, transaction'],
  [50, 'n3', 'currency code, settlement'],
  [51, 'n3', 'currency code, cardholder billing'],
  [52, 'b8', 'personal identification number data'],
  [53, 'n16', 'security related control information'],
  [54, 'ans..120', 'additional amounts'],
  [55, 'b..255', 'integrated circuit card data'],
  [56, 'ans..999', 'reserved, ISO'],
  [57, 'ans..999', 'reserved, national'],
  [58, 'ans..999', 'reserved, national'],
  [59, 'ans..999', 'reserved, national'],
  [60, 'ans..999', 'reserved, private'],
  [61, 'ans..999', 'reserved, private'],
  [62, 'ans..999', 'reserved, private'],
  [63, 'ans..999', 'reserved, private'],
  [64, 'b8', 'message authentication code'],
  [66, 'n1', 'settlement code'],
  [67, 'n2', 'extended payment code'],
  [68, 'n3', 'receiving institution country code'],
  [69, 'n3', 'settlement institution country code'],
  [70, 'n3', 'network management information code'],
  [71, 'n4', 'message number'],
  [72, 'n4', 'message number, last'],
  [73, 'n6', 'date, action'],
  [74, 'n10', 'credits, number'],
  [75, 'n10', 'credits, reversal number'],
  [76, 'n10', 'debits, number'],
  [77, 'n10', 'debits, reversal number'],
  [78, 'n10', 'transfer, number'],
  [79, 'n10', 'transfer, reversal number'],
  [80, 'n10', 'inquiries, number'],
  [81, 'n10', 'authorizations, number'],
  [82, 'n12', 'credits, processing fee amount'],
  [83, 'n12', 'credits, transaction fee amount'],
  [84, 'n12', 'debits, processing fee amount'],
  [85, 'n12', 'debits, transaction fee amount'],
  [86, 'n16', 'credits, amount'],
  [87, 'n16', 'credits, reversal amount'],
  [88, 'n16', 'debits, amount'],
  [89, 'n16', 'debits, reversal amount'],
  [90, 'n42', 'original data elements'],
  [91, 'an1', 'file update code'],
  [92, 'an2', 'file security code'],
  [93, 'an5', 'response indicator'],
  [94, 'an7', 'service indicator'],
  [95, 'an42', 'replacement amounts'],
  [96, 'b8', 'message security code'],
  [97, 'x+n16', 'amount, net settlement'],
  [98, 'ans25', 'payee'],
  [99, 'n..11', 'settlement institution identification code'],
  [100, 'n..11', 'receiving institution identification code'],
  [101, 'ans..17', 'file name'],
  [102, 'ans..28', 'account identification 1'],
  [103, 'ans..28', 'account identification 2'],
  [104, 'ans..100', 'transaction description'],
  [105, 'ans..999', 'reserved, ISO'],
  [106, 'ans..999', 'reserved, ISO'],
  [107, 'ans..999', 'reserved, ISO'],
  [108, 'ans..999', 'reserved, ISO'],
  [109, 'ans..999', 'reserved, ISO'],
  [110, 'ans..999', 'reserved, ISO'],
  [111, 'ans..999', 'reserved, ISO'],
  [112, 'ans..999', 'reserved, national'],
  [113, 'ans..999', 'reserved, national'],
  [114, 'ans..999', 'reserved, national'],
  [115, 'ans..999', 'reserved, national'],
  [116, 'ans..999', 'reserved, national'],
  [117, 'ans..999', 'reserved, national'],
  [118, 'ans..999', 'reserved, national'],
  [119, 'ans..999', 'reserved, national'],
  [120, 'ans..999', 'reserved, private'],
  [121, 'ans..999', 'reserved, private'],
  [122, 'ans..999', 'reserved, private'],
  [123, 'ans..999', 'reserved, private'],
  [124, 'ans..999', 'reserved, private'],
  [125, 'ans..999', 'reserved, private'],
  [126, 'ans..999', 'reserved, private'],
  [127, 'ans..999', 'reserved, private'],
  [128, 'b8', 'message authentication code'],
];

const part = (name: string, enc: FieldSpec['enc'], max: number): FieldSpec => ({
  name,
  type: 'fixed',
  enc,
  max,
});

/** What the standard itself says of the inside of a field. */
const composites: ReadonlyMap<number, Composite> = new Map<number, Composite>([
  [
    3,
    {
      by: 'position',
      parts: [
        part('transaction type', 'ascii-n', 2),
        part('account type, from', 'ascii-n', 2),
        part('account type, to', 'ascii-n', 2),
      ],
    },
  ],
  [
    22,
    {
      by: 'position',
      parts: [part('PAN entry mode', 'ascii-n', 2), part('PIN entry capability', 'ascii-n', 1)],
    },
  ],
  [55, { by: 'ber-tlv' }],
]);

/** The 1987 format in characters (`ascii`) or with packed digits (`bcd`). */
export function iso87(name: string, style: 'ascii' | 'bcd', bitmap: 'hex' | 'binary'): MessageSpec {
  const fields = fields1987.map(([number, format, fieldName]) => {
    const composite = composites.get(number);
    const field = fieldSpec(format, fieldName, style);
    return [number, composite === undefined ? field : { ...field, composite }] as const;
  });
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

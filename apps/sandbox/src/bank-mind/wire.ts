import {
  compileSpec,
  type FieldSpec,
  type Fields,
  frame,
  type MessageCodec,
  type MessageSpec,
} from '@bivak/iso8583';
import type { Layout } from './requests.ts';

/** What is done to a message's bytes on their way. */
export type Damage =
  /** Well framed, and cut off within a field. */
  | 'unreadable'
  /** Fields that do not hold what their format promises: blanks in DE 15, no sign in DE 28. */
  | 'sloppy-fields'
  /** The connection goes after half of the message. */
  | 'cut'
  /** The length before the message promises more than follows. */
  | 'wrong-length'
  /** The bytes come in pieces. */
  | 'in-pieces';

/** A message as it is to leave. */
export interface Outgoing {
  fields: Map<number, string>;
  /** It is sent again so long after the first time, for each. */
  againAfterMs: readonly number[];
  damage: Damage | null;
  /** It waits for another message, and each goes out under the other's STAN and RRN. */
  isSwapped: boolean;
}

/** What goes out on a socket, in order. */
export interface WireWrite {
  bytes: Buffer;
  afterMs: number;
  closes: boolean;
}

/** A bank's way from fields to bytes. */
export interface Wire {
  codec: MessageCodec;
  writes(message: Outgoing): WireWrite[];
  /** A frame of length 0. */
  keepAlive: Buffer;
}

const pieceMs = 5;

export function wireOf({ spec, header }: Layout): Wire {
  const codec = compileSpec(spec);
  const sloppy = compileSpec(sloppySpec(spec));
  const framed = (fields: Fields, damage: Damage | null): Buffer => {
    if (damage === 'sloppy-fields') return frame(header, sloppy.pack(withSloppyFields(spec, fields)));
    const packed = codec.pack(fields);
    if (damage === 'unreadable') return frame(header, packed.subarray(0, packed.length - 3));
    if (damage !== 'wrong-length') return frame(header, packed);
    const missing = 40;
    return frame(header, Buffer.concat([packed, Buffer.alloc(missing)])).subarray(0, -missing);
  };
  return {
    codec,
    keepAlive: header === 'binary-2' ? Buffer.alloc(2) : Buffer.from('0000', 'latin1'),
    writes({ fields, damage, againAfterMs }) {
      const bytes = framed(fields, damage);
      if (damage === 'cut')
        return [{ bytes: bytes.subarray(0, bytes.length >> 1), afterMs: 0, closes: true }];
      if (damage === 'in-pieces')
        return [0, 1, 2].map((piece) => ({
          bytes: bytes.subarray(
            Math.floor((piece * bytes.length) / 3),
            Math.floor(((piece + 1) * bytes.length) / 3),
          ),
          afterMs: piece * pieceMs,
          closes: false,
        }));
      return [0, ...againAfterMs].map((afterMs) => ({ bytes, afterMs, closes: false }));
    },
  };
}

const sloppyFields = [15, 28] as const;

/** The same layout with fields that take any bytes. */
function sloppySpec(spec: MessageSpec): MessageSpec {
  const raw = sloppyFields.map((number): [number, FieldSpec] => {
    const { name } = spec.fields[number]!;
    return [number, { name, type: 'fixed', enc: 'raw', max: sizeOf(spec.fields[number]!) }];
  });
  return { ...spec, fields: { ...spec.fields, ...Object.fromEntries(raw) } };
}

function withSloppyFields(spec: MessageSpec, fields: Fields): Fields {
  const blanks = sloppyFields.map((number): [number, string] => [
    number,
    '20'.repeat(sizeOf(spec.fields[number]!)),
  ]);
  return new Map([...fields, ...blanks]);
}

/** Bytes of a fixed field of digits. */
function sizeOf({ enc, max }: FieldSpec): number {
  if (enc === 'amount-bcd') return 1 + (max >> 1);
  return enc.startsWith('bcd') ? (max + 1) >> 1 : max;
}

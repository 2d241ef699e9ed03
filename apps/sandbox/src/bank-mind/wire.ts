import {
  answering,
  compileSpec,
  deframe,
  type FieldSpec,
  type Fields,
  frame,
  isAuthentic,
  type MessageCodec,
  type MessageSpec,
  packAuthenticated,
  withoutTpdu,
  withTpdu,
} from '@bivak/iso8583';
import { type Authenticator, authenticator } from '@bivak/mac';
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
  | 'in-pieces'
  /** Its authentication code is another's, or not there. */
  | 'wrong-code'
  | 'no-code';

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

/** A message that came in; undefined fields: its authentication code is wrong. */
export interface WireRead {
  fields: Fields;
  isAuthentic: boolean;
}

/** A bank's way from fields to bytes and back. */
export interface Wire {
  writes(message: Outgoing): WireWrite[];
  /** Whole messages of what has arrived, and the rest. Throws an Error if it is no stream of messages. */
  split(arrived: Buffer): { messages: Buffer[]; rest: Buffer };
  /** Undefined for a keep-alive. Throws an Error if it is no message. */
  read(framed: Buffer): WireRead | undefined;
  /** A frame of length 0. */
  keepAlive: Buffer;
}

const pieceMs = 5;

/** The wire of a layout; `macKey` if its messages are authenticated. */
export function wireOf({ spec, header, tpdu, mac }: Layout, macKey: Buffer | undefined): Wire {
  const codec = compileSpec(spec);
  const sloppy = compileSpec(sloppySpec(spec));
  const own = mac === undefined || macKey === undefined ? undefined : authenticator(mac, macKey);
  const enframe = (message: Buffer): Buffer =>
    frame(header, tpdu === undefined ? message : withTpdu(answering(tpdu), message));
  const framed = (fields: Fields, damage: Damage | null): Buffer => {
    if (damage === 'sloppy-fields')
      return enframe(packed(sloppy, withSloppyFields(spec, fields), own, damage));
    const message = packed(codec, fields, own, damage);
    if (damage === 'unreadable') return enframe(message.subarray(0, message.length - 3));
    if (damage !== 'wrong-length') return enframe(message);
    const missing = 40;
    return enframe(Buffer.concat([message, Buffer.alloc(missing)])).subarray(0, -missing);
  };
  return {
    keepAlive: header === 'binary-2' ? Buffer.alloc(2) : Buffer.from('0000', 'latin1'),
    split: (arrived) => deframe(header, arrived),
    read(bytes) {
      const message = tpdu === undefined ? bytes : withoutTpdu(bytes);
      if (message === undefined) throw new Error('no transport header');
      if (message.length === 0) return undefined;
      const unpacked = codec.unpack(message);
      if (!unpacked.ok) throw unpacked.error;
      const { fields } = unpacked;
      return { fields, isAuthentic: own === undefined || isAuthentic(message, fields, own) };
    },
    writes({ fields, damage, againAfterMs }) {
      const bytes = framed(fields, damage);
      if (damage === 'cut')
        return [{ bytes: bytes.subarray(0, bytes.length >> 1), afterMs: 0, closes: true }];
      if (damage === 'in-pieces') return pieces(bytes);
      return [0, ...againAfterMs].map((afterMs) => ({ bytes, afterMs, closes: false }));
    },
  };
}

function packed(
  codec: MessageCodec,
  fields: Fields,
  own: Authenticator | undefined,
  damage: Damage | null,
): Buffer {
  if (own === undefined || damage === 'no-code') return codec.pack(fields);
  const bytes = packAuthenticated(codec, fields, own);
  if (damage === 'wrong-code') bytes[bytes.length - 1]! ^= 0x5a;
  return bytes;
}

const pieces = (bytes: Buffer): WireWrite[] =>
  [0, 1, 2].map((piece) => ({
    bytes: bytes.subarray(
      Math.floor((piece * bytes.length) / 3),
      Math.floor(((piece + 1) * bytes.length) / 3),
    ),
    afterMs: piece * pieceMs,
    closes: false,
  }));

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

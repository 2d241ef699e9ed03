import type { BankProfile } from '@bivak/bank-profiles';
import {
  compileSpec,
  deframe,
  type Fault,
  type Fields,
  frame,
  isAuthentic,
  packAuthenticated,
  type Secrets,
  withoutTpdu,
  withTpdu,
} from '@bivak/iso8583';
import type { Authenticator } from '@bivak/mac';

/** Card data that a bank repeats in its answers: nobody asks for it, and no text is made of it. */
const cardFields = [2, 35, 36, 45];

/** What a frame of the bank's holds. */
export type Arrived =
  | { kind: 'message'; fields: Fields }
  /** A transport header and nothing behind it. */
  | { kind: 'keep-alive' }
  | { kind: 'unreadable'; fault: Pick<Fault, 'field' | 'offset' | 'code'> | { code: 'no-transport-header' } }
  /** Its authentication code is wrong, or it has none: nothing that it says is believed. */
  | { kind: 'not-authentic'; messageType: string; stan: string | undefined };

/** A bank's way from fields to bytes and back. */
export interface Wire {
  /**
   * The message in its frame, with `secrets` in the place of the zeros that stand for them; no other copy of it is left. Throws
   * an Error if a value does not fit its field.
   */
  bytesOf(fields: Fields, secrets?: Secrets): Buffer;
  /** What stands in a frame, which is overwritten. Total. */
  read(framed: Buffer): Arrived;
  /** Takes whole frames out of what has arrived. Throws an Error if it can be no such stream. */
  split(arrived: Buffer): { messages: Buffer[]; rest: Buffer };
}

/** The wire of a profile; `authenticator` with the contract's key, if its messages are authenticated. */
export function wireOf({ header, spec, tpdu }: BankProfile, authenticator: Authenticator | undefined): Wire {
  const codec = compileSpec(spec);
  return {
    bytesOf(fields, secrets) {
      const message =
        authenticator === undefined
          ? codec.pack(fields, secrets)
          : packAuthenticated(codec, fields, authenticator, secrets);
      const whole = tpdu === undefined ? message : withTpdu(tpdu, message);
      try {
        return frame(header, whole);
      } finally {
        for (const copy of [message, whole]) copy.fill(0);
      }
    },
    read(framed) {
      const message = tpdu === undefined ? framed : withoutTpdu(framed);
      if (message === undefined) return { kind: 'unreadable', fault: { code: 'no-transport-header' } };
      if (message.length === 0) return { kind: 'keep-alive' };
      const plain = Buffer.from(message);
      codec.erase(plain, cardFields);
      const unpacked = codec.unpack(plain);
      try {
        if (!unpacked.ok) return { kind: 'unreadable', fault: unpacked.error.fault };
        const { fields } = unpacked;
        if (authenticator !== undefined && !isAuthentic(message, fields, authenticator))
          return { kind: 'not-authentic', messageType: fields.get(0)!, stan: fields.get(11) };
        return { kind: 'message', fields };
      } finally {
        framed.fill(0);
      }
    },
    split: (arrived) => deframe(header, arrived),
  };
}

import type { MessageCodec, Secrets } from './message.ts';
import type { Fields } from './specification.ts';

/** Makes and checks the code of eight bytes over a message without it. */
export interface MessageAuthenticator {
  codeOf(message: Uint8Array): Uint8Array;
  isCodeOf(message: Uint8Array, code: Uint8Array): boolean;
}

const codeBytes = 8;
const lastField = (fields: Fields): number => (Math.max(...fields.keys()) > 64 ? 128 : 64);

/**
 * The message's bytes with its authentication code: the last field, DE 64, or DE 128 if there is any field behind 64. The code is
 * over all bytes before it, from the message type on. Throws {@link Iso8583Error} if a value does not fit its field.
 */
export function packAuthenticated(
  codec: MessageCodec,
  fields: Fields,
  authenticator: MessageAuthenticator,
  secrets?: Secrets,
): Buffer {
  const bytes = codec.pack(new Map([...fields, [lastField(fields), '0'.repeat(2 * codeBytes)]]), secrets);
  bytes.set(authenticator.codeOf(bytes.subarray(0, -codeBytes)), bytes.length - codeBytes);
  return bytes;
}

/** True if a message that was read from these bytes ends with the code that belongs to it. */
export function isAuthentic(bytes: Buffer, fields: Fields, authenticator: MessageAuthenticator): boolean {
  const last = Math.max(...fields.keys());
  if (last !== 64 && last !== 128) return false;
  return authenticator.isCodeOf(bytes.subarray(0, -codeBytes), bytes.subarray(-codeBytes));
}

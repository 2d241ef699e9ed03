import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM: nonce, what was encrypted, tag. It opens under the same key and `context` only. */
export function seal(key: Uint8Array, clear: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(clear), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what {@link seal} sealed; undefined if it was altered, or sealed under another key or context. */
export function unseal(key: Uint8Array, sealed: Uint8Array, context: string): Buffer | undefined {
  if (sealed.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(-tagBytes));
  const clear = decipher.update(sealed.subarray(nonceBytes, -tagBytes));
  try {
    decipher.final();
    return clear;
  } catch {
    clear.fill(0);
    return undefined;
  }
}

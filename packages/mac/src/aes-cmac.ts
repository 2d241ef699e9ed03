import { createCipheriv } from 'node:crypto';

const blockBytes = 16;

/**
 * AES-CMAC (NIST SP 800-38B, RFC 4493): sixteen bytes.
 *
 * @param key 16, 24 or 32 bytes. Throws an Error if it has another length.
 */
export function aesCmac(key: Uint8Array, message: Uint8Array): Buffer {
  if (![16, 24, 32].includes(key.length)) throw new Error('the key of AES has 16, 24 or 32 bytes');
  const whole = doubled(encrypt(key, Buffer.alloc(blockBytes)));
  const blocks = Math.max(1, Math.ceil(message.length / blockBytes));
  const padded = Buffer.alloc(blocks * blockBytes);
  padded.set(message);
  const isWhole = message.length === padded.length;
  if (!isWhole) padded[message.length] = 0x80;
  const subkey = isWhole ? whole : doubled(whole);
  const last = padded.subarray(-blockBytes);
  for (let at = 0; at < blockBytes; at++) last[at]! ^= subkey[at]!;
  return encrypt(key, padded).subarray(-blockBytes);
}

/** AES in CBC mode from a vector of zeros. */
function encrypt(key: Uint8Array, plain: Buffer): Buffer {
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, Buffer.alloc(blockBytes));
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

/** The block times x in GF(2¹²⁸). */
function doubled(block: Buffer): Buffer {
  const twice = Buffer.alloc(blockBytes);
  for (let at = 0; at < blockBytes; at++)
    twice[at] = ((block[at]! << 1) | ((block[at + 1] ?? 0) >>> 7)) & 0xff;
  if ((block[0]! & 0x80) !== 0) twice[blockBytes - 1]! ^= 0x87;
  return twice;
}

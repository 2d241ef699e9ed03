import { createCipheriv } from 'node:crypto';

const blockBytes = 8;

/**
 * ANSI X9.19 retail MAC (ISO/IEC 9797-1, algorithm 3 with DES, padding method 1): DES in CBC mode under the left half of the
 * key, the last block once more under the right and the left half. Eight bytes.
 *
 * @param key 16 bytes: two DES keys. Throws an Error if it is not.
 */
export function retailMac(key: Uint8Array, message: Uint8Array): Buffer {
  if (key.length !== 2 * blockBytes) throw new Error('the key of a retail MAC has 16 bytes');
  const left = key.subarray(0, blockBytes);
  const blocks = Math.max(1, Math.ceil(message.length / blockBytes));
  const padded = Buffer.alloc(blocks * blockBytes);
  padded.set(message);
  const before = padded.subarray(0, -blockBytes);
  // Single DES is triple DES with three equal keys.
  const chained = encrypt(
    'des-ede3-cbc',
    Buffer.concat([left, left, left]),
    Buffer.alloc(blockBytes),
    before,
  );
  const vector = chained.length === 0 ? Buffer.alloc(blockBytes) : chained.subarray(-blockBytes);
  return encrypt('des-ede3-cbc', Buffer.concat([key, left]), vector, padded.subarray(-blockBytes));
}

function encrypt(cipher: string, key: Buffer, vector: Buffer, plain: Buffer): Buffer {
  const encryption = createCipheriv(cipher, key, vector).setAutoPadding(false);
  return Buffer.concat([encryption.update(plain), encryption.final()]);
}

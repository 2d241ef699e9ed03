import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CardDataError, cardReference, openTrack2, type Track2 } from '@bivak/card';
import { createFile } from '@bivak/process';
import { z } from 'zod';

/**
 * What may be done with the host's keys; no key ever leaves. The embedded driver is an encrypted file; a hardware module
 * is another driver of the same port.
 */
export interface KeyStore {
  /**
   * Opens card data that a reader has sealed, for one bank message. Throws CardDataError if it was altered, or if it is
   * another card's than the one which `reference` names.
   */
  openCard(ksn: string, ciphertext: string, reference: string): Track2;
  /** The key that signs the cardholder's links. */
  linkKey(): Uint8Array;
}

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
/** The keys themselves: base derivation key of the readers, card-reference key, key of the cardholder's links; hex. */
export const keySet = z.strictObject({
  baseDerivationKey: hex(16),
  cardReferenceKey: hex(32),
  linkKey: hex(32),
});
export type KeySet = z.infer<typeof keySet>;

const sealedFile = z.strictObject({
  version: z.literal(1),
  salt: hex(16),
  nonce: hex(12),
  sealed: z.string(),
});
const tagBytes = 16;

function fileKey(passphrase: string, salt: Uint8Array): Buffer {
  return scryptSync(passphrase.trim(), salt, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 });
}

/** Writes a new key file. Throws an Error if there is one already: keys are never overwritten. */
export function createKeyFile(file: string, passphrase: string, keys: KeySet): void {
  const [salt, nonce] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv('aes-256-gcm', fileKey(passphrase, salt), nonce);
  const sealed = Buffer.concat([
    cipher.update(JSON.stringify(keys)),
    cipher.final(),
    cipher.getAuthTag(),
  ]).toString('hex');
  const content = { version: 1, salt: salt.toString('hex'), nonce: nonce.toString('hex'), sealed };
  if (!createFile(file, JSON.stringify(content)))
    throw new Error(`${file} exists already: a key file is never overwritten`);
}

/** Opens the key file. Throws an Error that says which file and what to do; it never holds key material. */
export function openKeyFile(file: string, passphrase: string): KeyStore {
  const keys = readKeys(file, passphrase);
  const [bdk, referenceKey] = [keys.baseDerivationKey, keys.cardReferenceKey].map((key) =>
    Buffer.from(key, 'hex'),
  ) as [Buffer, Buffer];
  return {
    openCard(ksn, ciphertext, reference) {
      const track2 = openTrack2(bdk, ksn, ciphertext);
      if (cardReference(referenceKey, track2.pan) !== reference)
        throw new CardDataError('other-card-than-reference');
      return track2;
    },
    linkKey: () => Buffer.from(keys.linkKey, 'hex'),
  };
}

function readKeys(file: string, passphrase: string): KeySet {
  try {
    const { salt, nonce, sealed } = sealedFile.parse(JSON.parse(readFileSync(file, 'utf8')));
    const bytes = Buffer.from(sealed, 'hex');
    const decipher = createDecipheriv(
      'aes-256-gcm',
      fileKey(passphrase, Buffer.from(salt, 'hex')),
      Buffer.from(nonce, 'hex'),
      {
        authTagLength: tagBytes,
      },
    ).setAuthTag(bytes.subarray(-tagBytes));
    const opened = Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]);
    return keySet.parse(JSON.parse(opened.toString('utf8')));
  } catch {
    throw new Error(
      `the key file ${file} cannot be opened: it is missing, damaged, or the passphrase is another one`,
    );
  }
}

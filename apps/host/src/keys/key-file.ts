import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { lend } from '@bivak/card';
import { createFile } from '@bivak/process';
import { z } from 'zod';

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
/** The keys that are given: base derivation key of the readers, card-reference key, key of the cardholder's links; hex. */
export const keySet = z.strictObject({
  baseDerivationKey: hex(16),
  cardReferenceKey: hex(32),
  linkKey: hex(32),
});
export type KeySet = z.infer<typeof keySet>;

/** The open keys: views of one piece of memory, of which no text and no copy is made. */
export interface OpenKeys {
  baseDerivationKey: Uint8Array;
  cardReferenceKey: Uint8Array;
  linkKey: Uint8Array;
  /** Wraps the data keys; made with the file. */
  wrappingKey: Uint8Array;
}

const lengths = { baseDerivationKey: 16, cardReferenceKey: 32, linkKey: 32, wrappingKey: 32 } as const;
const contentBytes = Object.values(lengths).reduce((sum, length) => sum + length, 0);

const sealedFile = z.strictObject({
  version: z.literal(2),
  salt: hex(16),
  nonce: hex(12),
  sealed: z.string(),
});
const tagBytes = 16;

function fileKey(passphrase: string | Uint8Array, salt: Uint8Array): Buffer {
  const text = trimmed(Buffer.from(passphrase));
  return lend(text, () => scryptSync(text, salt, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }));
}

/** Without the white space around it, which editors add. */
function trimmed(text: Buffer): Buffer {
  const isInk = (byte: number): boolean => byte > 0x20;
  return text.subarray(Math.max(0, text.findIndex(isInk)), text.findLastIndex(isInk) + 1);
}

/** Writes a new key file. Throws an Error if there is one already: keys are never overwritten. */
export function createKeyFile(file: string, passphrase: string, keys: KeySet): void {
  const [salt, nonce] = [randomBytes(16), randomBytes(12)];
  const given = [keys.baseDerivationKey, keys.cardReferenceKey, keys.linkKey];
  const clear = Buffer.concat([...given.map((key) => Buffer.from(key, 'hex')), randomBytes(32)]);
  const sealed = lend(clear, () =>
    lend(fileKey(passphrase, salt), (key) => {
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      return Buffer.concat([cipher.update(clear), cipher.final(), cipher.getAuthTag()]).toString('hex');
    }),
  );
  const content = { version: 2, salt: salt.toString('hex'), nonce: nonce.toString('hex'), sealed };
  if (!createFile(file, JSON.stringify(content)))
    throw new Error(`${file} exists already: a key file is never overwritten`);
}

/** Opens the key file. Throws an Error that says which file and what to do; it never holds key material. */
export function readKeyFile(file: string, passphrase: string | Uint8Array): OpenKeys {
  try {
    const { salt, nonce, sealed } = sealedFile.parse(JSON.parse(readFileSync(file, 'utf8')));
    const bytes = Buffer.from(sealed, 'hex');
    const clear = lend(fileKey(passphrase, Buffer.from(salt, 'hex')), (key) => {
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'hex'), {
        authTagLength: tagBytes,
      }).setAuthTag(bytes.subarray(-tagBytes));
      const opened = decipher.update(bytes.subarray(0, -tagBytes));
      decipher.final();
      return opened;
    });
    if (clear.length !== contentBytes) throw new Error('another form');
    return viewsOf(clear);
  } catch {
    throw new Error(
      `the key file ${file} cannot be opened: it is missing, damaged, of another form, or the passphrase is another one`,
    );
  }
}

function viewsOf(clear: Buffer): OpenKeys {
  const names = Object.keys(lengths) as (keyof typeof lengths)[];
  let from = 0;
  const views = names.map((name) => {
    const view = clear.subarray(from, from + lengths[name]);
    from += lengths[name];
    return [name, view] as const;
  });
  return Object.fromEntries(views) as unknown as OpenKeys;
}

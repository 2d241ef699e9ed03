import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { type CardVault, cardVault } from './card-vault.ts';
import { type DataKeys, dataKeys } from './data-keys.ts';
import { readKeyFile } from './key-file.ts';

/**
 * What may be done with the host's keys; no key ever leaves. The embedded driver is an encrypted file and a folder of data
 * keys; a hardware module is another driver of the same port.
 */
export interface KeyStore {
  /** What is done with card data. */
  cards: CardVault;
  /** Keys for one thing of one sale each. */
  dataKeys: Pick<DataKeys, 'create' | 'destroy'>;
  /** The key that signs the cardholder's links. */
  linkKey(): Uint8Array;
  /** Seals a key of the store's owner, which lies in the store under this name: every host with these keys opens it. */
  sealStoreKey(name: string, key: Uint8Array): string;
  /** Throws an Error if it was sealed under other keys, under another name, or altered. */
  openStoreKey(name: string, sealed: string): Uint8Array;
}

/** Where the data keys of a key file lie, if nothing else is said. */
export const dataKeyFolder = (file: string): string => `${file}.data-keys`;

/**
 * Opens the key file and the folder of data keys. Throws an Error that says which file and what to do; it never holds key
 * material.
 */
export function openKeyStore(
  file: string,
  passphrase: string | Uint8Array,
  folder = dataKeyFolder(file),
): KeyStore {
  const keys = readKeyFile(file, passphrase);
  const data = dataKeys(folder, keys.wrappingKey);
  return {
    cards: cardVault(keys, data),
    dataKeys: data,
    linkKey: () => Buffer.from(keys.linkKey),
    ...storeKeySealing(keys.linkKey),
  };
}

const tagBytes = 16;

/** Under a key of its own, derived (RFC 5869) from one that all hosts of a store are given. */
function storeKeySealing(master: Uint8Array): Pick<KeyStore, 'sealStoreKey' | 'openStoreKey'> {
  const key = Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), 'bivak store keys', 32));
  const nonceBytes = 12;
  return {
    sealStoreKey(name, content) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
      const sealed = [nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat(sealed).toString('hex');
    },
    openStoreKey(name, sealed) {
      const bytes = Buffer.from(sealed, 'hex');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      })
        .setAAD(Buffer.from(name))
        .setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    },
  };
}

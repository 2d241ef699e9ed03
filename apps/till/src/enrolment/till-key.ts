import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export interface TillKeys {
  privateKey: KeyObject;
  publicKey: KeyObject;
}

/**
 * The till's own Ed25519 key: it signs the journal and the till's requests. Made once, in a file that only the till's
 * user may read; on the disk before anything is signed with it.
 */
export function tillKeys(dataDir: string): TillKeys {
  const file = join(dataDir, 'till-key.pem');
  if (!existsSync(file)) make(dataDir, file);
  chmodSync(file, 0o600);
  const privateKey = createPrivateKey(readFileSync(file));
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error(`${file} holds no Ed25519 key`);
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** Under another name first, so that a till that loses power meanwhile finds no half a key. */
function make(dataDir: string, file: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ed25519');
  const begun = `${file}.new`;
  const handle = openSync(begun, 'w', 0o600);
  writeSync(handle, privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(begun, file);
  const folder = openSync(dataDir, 'r');
  fsyncSync(folder);
  closeSync(folder);
}

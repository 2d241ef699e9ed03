import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFile } from '@bivak/process';

export interface TillKeys {
  privateKey: KeyObject;
  publicKey: KeyObject;
}

/**
 * The till's own Ed25519 key: it signs the journal and the till's requests. Made once, in a file that only the till's
 * user may read; on the disk before anything is signed with it. Throws if the folder holds a journal and the key is
 * gone: another key would make that journal somebody else's.
 */
export function tillKeys(dataDir: string): TillKeys {
  const file = join(dataDir, 'till-key.pem');
  if (!existsSync(file)) make(dataDir, file);
  chmodSync(file, 0o600);
  const privateKey = createPrivateKey(readFileSync(file));
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error(`${file} holds no Ed25519 key`);
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function make(dataDir: string, file: string): void {
  if (existsSync(join(dataDir, 'till.db')))
    throw new Error(`${file} is gone, and the journal beside it was signed with it: put it back from a copy`);
  const { privateKey } = generateKeyPairSync('ed25519');
  createFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
}

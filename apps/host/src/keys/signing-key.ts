import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type Queries, type Row, sql } from '../store/index.ts';
import type { KeyStore } from './key-store.ts';

/** A key with which the store's owner signs; the public one is SPKI, base64. */
export interface SigningKey {
  privateKey: KeyObject;
  publicKey: string;
}

const name = 'stop-list';

/**
 * The key that signs the stop-list: one for all hosts of a store, made by the first of them, and kept in the store, sealed.
 * Throws an Error if this host's key file does not open it: its lists would be no other host's.
 */
export async function stopListKey(queries: Queries, keys: KeyStore): Promise<SigningKey> {
  const { privateKey: made } = generateKeyPairSync('ed25519');
  const sealed = keys.sealStoreKey(name, made.export({ type: 'pkcs8', format: 'der' }));
  // Hosts that start together agree on one.
  await queries.query(sql`
    insert into store_keys (name, sealed) values (${name}, ${sealed}) on conflict (name) do nothing`);
  const [row] = await queries.query<Pick<Row<'store_keys'>, 'sealed'>>(
    sql`select sealed from store_keys where name = ${name}`,
  );
  const privateKey = createPrivateKey({ key: opened(keys, row!.sealed), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
  return { privateKey, publicKey };
}

function opened(keys: KeyStore, sealed: string): Buffer {
  try {
    return Buffer.from(keys.openStoreKey(name, sealed));
  } catch {
    throw new Error(
      'the key that signs the stop-list lies in the store under other keys than this host has: give it the key file of the store’s other hosts',
    );
  }
}

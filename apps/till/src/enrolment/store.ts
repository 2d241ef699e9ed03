import { createPublicKey, type KeyObject } from 'node:crypto';
import { first, type Journal } from '../journal/index.ts';

/** Whether the host knows this till, and the key with which the host signs stop-lists. */
export interface EnrolmentStore {
  hostKey(): KeyObject | null;
  save(hostPublicKey: string, nowMs: number): void;
}

/** Reads the host's key (Ed25519, SPKI, base64). Throws an Error if it is none. */
export function readHostKey(text: string): KeyObject {
  const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('the host’s key is no Ed25519 key');
  return key;
}

export function enrolmentStore({ database }: Journal): EnrolmentStore {
  const row = first<{ key: string }>(database.prepare('SELECT host_public_key AS key FROM enrolment'));
  const insert = database.prepare(
    'INSERT OR REPLACE INTO enrolment (id, host_public_key, enrolled_at_ms) VALUES (1, ?, ?)',
  );
  let hostKey = row === undefined ? null : readHostKey(row.key);
  return {
    hostKey: () => hostKey,
    save(hostPublicKey, nowMs) {
      const key = readHostKey(hostPublicKey);
      insert.run(hostPublicKey, nowMs);
      hostKey = key;
    },
  };
}

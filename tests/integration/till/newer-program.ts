import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { hashOf } from '@bivak/journal';
import canonicalize from 'canonicalize';

/** Writes an entry into a stopped till's journal as a newer program of the till would: chained, signed, of any kind and version. */
export function writeAsNewerProgram(
  dataDir: string,
  { kind, version, body }: { kind: string; version: number; body: object },
): void {
  const key = createPrivateKey(readFileSync(join(dataDir, 'till-key.pem')));
  const database = new DatabaseSync(join(dataDir, 'till.db'));
  const last = database.prepare('SELECT hash, payload FROM journal ORDER BY seq DESC LIMIT 1').get()!;
  const before = JSON.parse(last.payload as string) as { seq: number };
  const payload = canonicalize({ ...before, seq: before.seq + 1, prevHash: last.hash, kind, version, body })!;
  const signature = sign(null, Buffer.from(payload), key).toString('base64');
  database
    .prepare('INSERT INTO journal (seq, hash, payload, signature) VALUES (?, ?, ?, ?)')
    .run(before.seq + 1, hashOf(payload), payload, signature);
  // It knew more kinds, so that its projections are not this program's.
  database.exec("UPDATE projection SET kinds = '[]'");
  database.close();
}

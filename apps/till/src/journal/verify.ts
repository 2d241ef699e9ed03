import type { KeyObject } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { type ChainPlace, genesisHash, hashOf, type SealedEntry, verifyNext } from '@bivak/journal';
import { JournalError } from './database.ts';

/** Entries at the end whose signatures are checked at each start; a signed entry vouches for all before it by their hashes. */
const signaturesChecked = 200;

type Row = SealedEntry & { seq: number; hash: string };

/**
 * Reads the whole journal at start-up: numbers without a gap, each entry naming the hash of the one before, and the
 * till's own signature on the last of them. Gives the chain's place and the newest instant after entry `clockAgreedSeq`; throws {@link JournalError} `tampered` with the
 * number of the first entry that is not what this till wrote.
 */
export function verifyStored(
  database: DatabaseSync,
  till: { tillId: string; publicKey: KeyObject },
  clockAgreedSeq: number,
): { place: ChainPlace; newestAtMs: number } {
  const last = database.prepare('SELECT coalesce(max(seq), 0) AS seq FROM journal').get()?.seq as number;
  const rows = database.prepare('SELECT seq, hash, payload, signature FROM journal ORDER BY seq');
  let place: ChainPlace = { seq: 0, hash: genesisHash };
  let newestAtMs = 0;
  for (const row of rows.iterate() as Iterable<Row>) {
    const hash = hashOf(row.payload);
    const error = row.seq > last - signaturesChecked ? signedError(place, row, till) : chainError(place, row);
    if (error !== null || row.hash !== hash)
      throw new JournalError(
        'tampered',
        `entry ${row.seq} of the journal is not what this till wrote (${error ?? 'hash differs'}): keep the folder as it is and call support`,
      );
    place = { seq: row.seq, hash };
    if (row.seq > clockAgreedSeq)
      newestAtMs = Math.max(newestAtMs, Date.parse((JSON.parse(row.payload) as { at: string }).at));
  }
  return { place, newestAtMs };
}

function signedError(
  place: ChainPlace,
  row: Row,
  till: { tillId: string; publicKey: KeyObject },
): string | null {
  const result = verifyNext(place, row, till);
  if (!result.ok) return result.error;
  return result.payload.seq === row.seq ? null : 'gap';
}

/** Canonical JSON has its members in order, so that number and hash of the entry before stand together. */
function chainError(place: ChainPlace, row: Row): string | null {
  const [, prevHash, seq] = /"prevHash":"([0-9a-f]{64})","seq":(\d+),/.exec(row.payload) ?? [];
  if (Number(seq) !== row.seq || row.seq !== place.seq + 1) return 'gap';
  return prevHash === place.hash ? null : 'broken-chain';
}

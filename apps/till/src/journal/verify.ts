import type { KeyObject } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { ChainFault } from '@bivak/domain';
import {
  type ChainPlace,
  type EntryEnvelope,
  genesisHash,
  hashOf,
  type SignedEntry,
  verifyNext,
} from '@bivak/journal';
import { JournalError } from './journal-error.ts';

/** Entries at the end whose signatures are checked at each start; a signed entry vouches for all before it by their hashes. */
const signaturesChecked = 200;

type Row = SignedEntry & { seq: number; hash: string };

/** What a check of the chain needs of an entry; more is read only of those whose signatures are checked. */
type Link = Pick<EntryEnvelope, 'seq' | 'prevHash' | 'at'>;

/**
 * Reads the whole journal at start-up: numbers without a gap, each entry naming the hash of the one before, and the
 * till's own signature on the last of them; the entries' bodies, known to this program or not, are not read. Gives the
 * chain's place and the newest instant after entry `clockAgreedSeq`. Throws {@link JournalError} `tampered` with the number
 * of the first entry that is not what this till wrote.
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
    const link = row.seq > last - signaturesChecked ? signedLink(place, row, till) : chainLink(place, row);
    if (typeof link === 'string') throw new JournalError({ code: 'tampered', seq: row.seq, fault: link });
    if (row.hash !== hash) throw new JournalError({ code: 'tampered', seq: row.seq, fault: 'hash-differs' });
    place = { seq: row.seq, hash };
    if (row.seq > clockAgreedSeq) newestAtMs = Math.max(newestAtMs, Date.parse(link.at));
  }
  return { place, newestAtMs };
}

function signedLink(
  place: ChainPlace,
  row: Row,
  till: { tillId: string; publicKey: KeyObject },
): Link | ChainFault {
  const result = verifyNext(place, row, till);
  if (!result.ok) return result.fault;
  return result.envelope.seq === row.seq ? result.envelope : 'gap';
}

function chainLink(place: ChainPlace, row: Row): Link | ChainFault {
  const link = parsed(row.payload);
  if (link === undefined) return 'malformed';
  if (link.seq !== row.seq || row.seq !== place.seq + 1) return 'gap';
  return link.prevHash === place.hash ? link : 'broken-chain';
}

/** The hashes of the chain vouch for what lies behind a signature, so that the form is not checked once more. */
function parsed(payload: string): Link | undefined {
  try {
    return (JSON.parse(payload) as Link | null) ?? undefined;
  } catch {
    return undefined;
  }
}

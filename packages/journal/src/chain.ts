import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import type { ChainFault } from '@bivak/domain';
import canonicalize from 'canonicalize';
import { type Attachment, type Attachments, commitmentsTo } from './attachments.ts';
import {
  type Entry,
  type EntryDraft,
  type EntryEnvelope,
  entryEnvelope,
  entryKinds,
  readBody,
} from './entries.ts';

/** `prevHash` of the first entry. */
export const genesisHash = '0'.repeat(64);

/**
 * An entry as it is shipped: the signed text, the till's Ed25519 signature over its UTF-8, base64, and what lies beside the
 * text. The chain is verified without that.
 */
export interface SealedEntry {
  payload: string;
  signature: string;
  attachments: Attachments;
}

/** All that the chain is made of. */
export type SignedEntry = Pick<SealedEntry, 'payload' | 'signature'>;

/** What lies beside the text of an entry that is about to be written. */
export type NewAttachments = Readonly<Record<string, Attachment>>;

/** Where a chain stands: the last entry's number and hash (0 and {@link genesisHash} at its beginning). */
export interface ChainPlace {
  seq: number;
  hash: string;
}

/** Chains and signs the next entry of a till, with commitments to its attachments. */
export function sealEntry(
  draft: EntryDraft,
  place: ChainPlace,
  when: { tillId: string; at: string; timeZone: string },
  privateKey: KeyObject,
  attachments: NewAttachments = {},
): SealedEntry & { entry: Entry; place: ChainPlace; attachments: NewAttachments } {
  const { version } = entryKinds[draft.kind];
  const chained = { ...when, version, seq: place.seq + 1, prevHash: place.hash, ...draft };
  const committed = { ...chained, attachments: commitmentsTo(attachments) } as Entry;
  // An entry with nothing beside it does not say so.
  const entry = Object.keys(attachments).length === 0 ? (chained as Entry) : committed;
  const payload = canonicalize(entry)!;
  const signature = sign(null, Buffer.from(payload), privateKey).toString('base64');
  return { payload, signature, attachments, entry, place: { seq: place.seq + 1, hash: hashOf(payload) } };
}

/** SHA-256 of the entry's text, hex: what the next entry names as `prevHash`. */
export function hashOf(payload: string): string {
  return createHash('sha256').update(payload).digest('hex');
}

/** Reads the envelope of an entry's text; undefined if it has none. Total. */
export function readEnvelope(text: string): EntryEnvelope | undefined {
  return entryEnvelope.safeParse(parseJson(text)).data;
}

/** Reads an entry's text; undefined if it is none, or none that this program knows (see {@link readBody}). Total. */
export function readEntry(text: string): Entry | undefined {
  const envelope = readEnvelope(text);
  const body = envelope === undefined ? undefined : readBody(envelope);
  return body?.ok ? body.entry : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Checks that an entry is the next one of a till's chain: its form, its till, its signature, its number, the hash before
 * it; its body is nobody's business here. Gives the envelope and the chain's new place, or what is wrong.
 */
export function verifyNext(
  place: ChainPlace,
  entry: SignedEntry,
  till: { tillId: string; publicKey: KeyObject },
): { ok: true; envelope: EntryEnvelope; place: ChainPlace } | { ok: false; fault: ChainFault } {
  const envelope = readEnvelope(entry.payload);
  if (envelope === undefined || !isCanonical(entry.payload)) return { ok: false, fault: 'malformed' };
  if (envelope.tillId !== till.tillId) return { ok: false, fault: 'wrong-till' };
  if (!isSignedBy(entry, till.publicKey)) return { ok: false, fault: 'bad-signature' };
  if (envelope.seq <= place.seq) return { ok: false, fault: 'repeated' };
  if (envelope.seq > place.seq + 1) return { ok: false, fault: 'gap' };
  if (envelope.prevHash !== place.hash) return { ok: false, fault: 'broken-chain' };
  return { ok: true, envelope, place: { seq: envelope.seq, hash: hashOf(entry.payload) } };
}

/** False too if its value has no canonical form: half a character, a number that no double holds. */
function isCanonical(json: string): boolean {
  try {
    return canonicalize(JSON.parse(json)) === json;
  } catch {
    return false;
  }
}

function isSignedBy(entry: SignedEntry, publicKey: KeyObject): boolean {
  try {
    return verify(null, Buffer.from(entry.payload), publicKey, Buffer.from(entry.signature, 'base64'));
  } catch {
    return false; // a signature of an impossible length
  }
}

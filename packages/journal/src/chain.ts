import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import { type EntryDraft, type EntryPayload, entryBodies, entryPayload } from './entries.ts';

/** `prevHash` of the first entry. */
export const genesisHash = '0'.repeat(64);

/** An entry as it is stored and shipped: the signed text, and the till's Ed25519 signature over its UTF-8, base64. */
export interface SealedEntry {
  payload: string;
  signature: string;
}

/** Where a chain stands: the last entry's number and hash (0 and {@link genesisHash} at its beginning). */
export interface ChainPlace {
  seq: number;
  hash: string;
}

/**
 * - `malformed`: the text is no journal entry, or not in canonical form
 * - `wrong-till`: another till's entry
 * - `bad-signature`: this till's key did not sign it
 * - `gap`: entries before it are missing
 * - `repeated`: an entry of this number is already in the chain
 * - `broken-chain`: it follows another entry than the last one
 */
export type ChainError = 'malformed' | 'wrong-till' | 'bad-signature' | 'gap' | 'repeated' | 'broken-chain';

/** Chains and signs the next entry of a till. */
export function sealEntry(
  draft: EntryDraft,
  place: ChainPlace,
  when: { tillId: string; at: string; timeZone: string },
  privateKey: KeyObject,
): SealedEntry & { payloadRead: EntryPayload; place: ChainPlace } {
  const payloadRead = { ...when, seq: place.seq + 1, prevHash: place.hash, ...draft } as EntryPayload;
  const payload = canonicalize(payloadRead)!;
  const signature = sign(null, Buffer.from(payload), privateKey).toString('base64');
  return { payload, signature, payloadRead, place: { seq: payloadRead.seq, hash: hashOf(payload) } };
}

/** SHA-256 of the entry's text, hex: what the next entry names as `prevHash`. */
export function hashOf(payload: string): string {
  return createHash('sha256').update(payload).digest('hex');
}

/** Reads an entry's text; undefined where it is none. Total. */
export function readPayload(text: string): EntryPayload | undefined {
  const outer = entryPayload.safeParse(parseJson(text));
  if (!outer.success) return undefined;
  const body = entryBodies[outer.data.kind].safeParse(outer.data.body);
  return body.success ? ({ ...outer.data, body: body.data } as EntryPayload) : undefined;
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
 * it. Gives the entry and the chain's new place, or what is wrong.
 */
export function verifyNext(
  place: ChainPlace,
  entry: SealedEntry,
  till: { tillId: string; publicKey: KeyObject },
): { ok: true; payload: EntryPayload; place: ChainPlace } | { ok: false; error: ChainError } {
  const payload = readPayload(entry.payload);
  if (payload === undefined || canonicalize(JSON.parse(entry.payload)) !== entry.payload)
    return { ok: false, error: 'malformed' };
  if (payload.tillId !== till.tillId) return { ok: false, error: 'wrong-till' };
  if (!isSignedBy(entry, till.publicKey)) return { ok: false, error: 'bad-signature' };
  if (payload.seq <= place.seq) return { ok: false, error: 'repeated' };
  if (payload.seq > place.seq + 1) return { ok: false, error: 'gap' };
  if (payload.prevHash !== place.hash) return { ok: false, error: 'broken-chain' };
  return { ok: true, payload, place: { seq: payload.seq, hash: hashOf(entry.payload) } };
}

function isSignedBy(entry: SealedEntry, publicKey: KeyObject): boolean {
  try {
    return verify(null, Buffer.from(entry.payload), publicKey, Buffer.from(entry.signature, 'base64'));
  } catch {
    return false; // a signature of an impossible length
  }
}

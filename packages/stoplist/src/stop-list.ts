import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import { type Body, readBody, readEnvelope } from './message.ts';

/** The cards that tills refuse, as a till holds them. */
export interface StopList {
  /** Counts up with each change; 0 is the empty list of a till that never had one. */
  version: number;
  issuedAtMs: number;
  /** The first 16 bytes of each card reference, 32 hex digits: 10^-26 for a false hit among a million cards. */
  entries: ReadonlySet<string>;
  /** Of version and entries (see {@link listHash}): two lists of one version and other content are told apart. */
  hash: string;
}

/**
 * - `malformed`: it is no stop-list message
 * - `bad-signature`: the host did not sign it
 * - `older-version`: the till has a newer list
 * - `gap`: it is a delta of another list than the till's, or does not lead to the list that it names; ask for a snapshot
 * - `other-content`: it is another list under the version that the till has
 */
export type StopListError = 'malformed' | 'bad-signature' | 'older-version' | 'gap' | 'other-content';

/** SHA-256, hex, of a list's version and its sorted entries. */
export function listHash(version: number, entries: Iterable<string>): string {
  return createHash('sha256')
    .update([String(version), ...[...entries].toSorted()].join('\n'))
    .digest('hex');
}

export const emptyStopList: StopList = {
  version: 0,
  issuedAtMs: 0,
  entries: new Set(),
  hash: listHash(0, []),
};

const entryOf = (cardReference: string): string => cardReference.slice(0, 32);

/** The entries of these cards: sorted, each once. */
export const entriesOf = (cardReferences: Iterable<string>): string[] =>
  [...new Set([...cardReferences].map(entryOf))].toSorted();

/** True if the card is on the list. */
export function isListed(list: StopList, cardReference: string): boolean {
  return list.entries.has(entryOf(cardReference));
}

/** A version as its store has published it. */
export interface PublishedVersion {
  epochId: string;
  version: number;
  issuedAtMs: number;
}

/** The whole list as one signed message (Ed25519 over canonical JSON, RFC 8785), base64. */
export function buildSnapshot(
  { entries, ...published }: PublishedVersion & { entries: readonly string[] },
  privateKey: KeyObject,
): string {
  const hash = listHash(published.version, entries);
  return seal({ kind: 'snapshot', ...published, hash, entries: entries.toSorted() }, privateKey);
}

/** What changed from one version to another, which has this `hash`, as one signed message, base64. */
export function buildDelta(
  from: { version: number; hash: string },
  to: PublishedVersion & { hash: string; added: readonly string[]; removed: readonly string[] },
  privateKey: KeyObject,
): string {
  const [added, removed] = [to.added.toSorted(), to.removed.toSorted()];
  return seal(
    { kind: 'delta', fromVersion: from.version, fromHash: from.hash, ...to, added, removed },
    privateKey,
  );
}

function seal(content: Body, privateKey: KeyObject): string {
  const text = canonicalize(content)!;
  const signature = sign(null, Buffer.from(text), privateKey).toString('base64');
  return Buffer.from(JSON.stringify({ body: text, signature })).toString('base64');
}

/**
 * Applies a message to the till's list. Total: any text gives the new list or a named error; on an error the till keeps
 * the list it has. The list it already has again is no change.
 */
export function applyMessage(
  current: StopList,
  message: string,
  publicKey: KeyObject,
): { ok: true; list: StopList } | { ok: false; error: StopListError } {
  const opened = open(message, publicKey);
  if (typeof opened === 'string') return { ok: false, error: opened };
  const { version, issuedAtMs, hash } = opened;
  if (version < current.version) return { ok: false, error: 'older-version' };
  if (version === current.version)
    return hash === current.hash ? { ok: true, list: current } : { ok: false, error: 'other-content' };
  const entries = entriesAfter(current, opened);
  if (entries === undefined || listHash(version, entries) !== hash) return { ok: false, error: 'gap' };
  return { ok: true, list: { version, issuedAtMs, entries, hash } };
}

/** The entries to which a message leads; undefined if it is a delta of another list. */
function entriesAfter(current: StopList, body: Body): ReadonlySet<string> | undefined {
  if (body.kind === 'snapshot') return new Set(body.entries);
  if (body.fromVersion !== current.version || body.fromHash !== current.hash) return undefined;
  const entries = new Set(current.entries);
  for (const entry of body.removed) entries.delete(entry);
  for (const entry of body.added) entries.add(entry);
  return entries;
}

function open(message: string, publicKey: KeyObject): Body | StopListError {
  const sealed = readEnvelope(message);
  if (sealed === undefined) return 'malformed';
  // A signature of the wrong length makes verify throw or answer false; both mean that the host did not sign it.
  try {
    if (!verify(null, Buffer.from(sealed.body), publicKey, Buffer.from(sealed.signature, 'base64')))
      return 'bad-signature';
  } catch {
    return 'bad-signature';
  }
  return readBody(sealed.body) ?? 'malformed';
}

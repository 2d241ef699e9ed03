import { type KeyObject, sign, verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import { type Body, readBody, readEnvelope } from './message.ts';

/** The cards that tills refuse, as a till holds them. */
export interface StopList {
  /** Counts up with each change; 0 is the empty list of a till that never had one. */
  version: number;
  issuedAtMs: number;
  /** The first 16 bytes of each card reference, 32 hex digits: 10^-26 for a false hit among a million cards. */
  entries: ReadonlySet<string>;
}

/**
 * - `malformed`: it is no stop-list message
 * - `bad-signature`: the host did not sign it
 * - `older-version`: the till has a newer list
 * - `gap`: it is a delta of another version than the till's; ask for a snapshot
 */
export type StopListError = 'malformed' | 'bad-signature' | 'older-version' | 'gap';

export const emptyStopList: StopList = { version: 0, issuedAtMs: 0, entries: new Set() };

const entryOf = (cardReference: string): string => cardReference.slice(0, 32);

/** True if the card is on the list. */
export function isListed(list: StopList, cardReference: string): boolean {
  return list.entries.has(entryOf(cardReference));
}

/** The whole list as one signed message (Ed25519 over canonical JSON, RFC 8785), base64. */
export function buildSnapshot(
  list: { version: number; issuedAtMs: number; cardReferences: Iterable<string> },
  privateKey: KeyObject,
): string {
  const entries = [...new Set([...list.cardReferences].map(entryOf))].toSorted();
  return seal({ kind: 'snapshot', version: list.version, issuedAtMs: list.issuedAtMs, entries }, privateKey);
}

/** What changed from one version to another, as one signed message, base64. */
export function buildDelta(
  from: { version: number; cardReferences: Iterable<string> },
  to: { version: number; issuedAtMs: number; cardReferences: Iterable<string> },
  privateKey: KeyObject,
): string {
  const before = new Set([...from.cardReferences].map(entryOf));
  const after = new Set([...to.cardReferences].map(entryOf));
  return seal(
    {
      kind: 'delta',
      fromVersion: from.version,
      version: to.version,
      issuedAtMs: to.issuedAtMs,
      added: [...after].filter((entry) => !before.has(entry)).toSorted(),
      removed: [...before].filter((entry) => !after.has(entry)).toSorted(),
    },
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
 * the list it has. The version it already has again is no change.
 */
export function applyMessage(
  current: StopList,
  message: string,
  publicKey: KeyObject,
): { ok: true; list: StopList } | { ok: false; error: StopListError } {
  const opened = open(message, publicKey);
  if (typeof opened === 'string') return { ok: false, error: opened };
  if (opened.version < current.version) return { ok: false, error: 'older-version' };
  if (opened.version === current.version && current.version > 0) return { ok: true, list: current };
  if (opened.kind === 'snapshot') {
    return {
      ok: true,
      list: { version: opened.version, issuedAtMs: opened.issuedAtMs, entries: new Set(opened.entries) },
    };
  }
  if (opened.fromVersion !== current.version) return { ok: false, error: 'gap' };
  const entries = new Set(current.entries);
  for (const entry of opened.removed) entries.delete(entry);
  for (const entry of opened.added) entries.add(entry);
  return { ok: true, list: { version: opened.version, issuedAtMs: opened.issuedAtMs, entries } };
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

import { createHash, type KeyObject } from 'node:crypto';
import { luhnValid, maskPan } from '@bivak/card';
import { amountMinor, currency, type IntakeFault, saleId, type Tender } from '@bivak/domain';
import {
  type Attachment,
  type Attachments,
  attachmentFault,
  type ChainPlace,
  decodeBatch,
  type EntryEnvelope,
  hashOf,
  readEnvelope,
  type SealedEntry,
  verifyNext,
} from '@bivak/journal';

/** A batch to be checked against the place where its till's chain stands. */
export interface VerificationJob {
  tillId: string;
  /** The till's keys, the oldest first. */
  keys: readonly KeyObject[];
  /** The index of the key that signed the entry at `place`; 0 at the chain's beginning. */
  keyIndex: number;
  place: ChainPlace;
  /** As it arrived: bytes that are no UTF-8 are read as replacement characters, which nobody has signed. */
  batch: string | Uint8Array;
  /** The line (from 0) whose entry is here under its number already, with another text: it is checked in full. */
  suspect: number | null;
}

/** An entry that follows, as it is stored: its text exactly as it was signed. */
export interface GoodEntry {
  line: number;
  seq: number;
  kind: string;
  version: number;
  saleId: string | null;
  tender: Tender | null;
  /** Of a sale's intent: its sum, if that is one which could be collected. */
  figures: Figures | null;
  /** Which of the till's keys has signed it, counted from 1. */
  keyNumber: number;
  payload: string;
  signature: string;
  hash: string;
  /** What lies beside it, but for what is destroyed already. */
  attachments: Readonly<Record<string, Attachment>>;
}

/** A sale's sum, in minor units of its currency. */
export interface Figures {
  amountMinor: number;
  currency: string;
}

/** The first entry that is not taken: what is kept of it, and the hash of all of it. */
export interface RejectedEntry {
  line: number;
  /** It and what is behind it in its batch. */
  waitingEntries: number;
  fault: IntakeFault;
  entry: string;
  hash: string;
}

export interface Verified {
  /** Entries whose numbers are in the chain already: the same again if their hashes are; not checked further. */
  known: { line: number; seq: number; hash: string }[];
  good: GoodEntry[];
  rejected: RejectedEntry | null;
}

/** What is done between two looks at the rest of the world: a few milliseconds. */
const sliceEntries = 16;
const sliceLength = 65_536;

/**
 * Checks a batch, whole or cut anywhere, up to the first entry that does not follow. Total: any bytes give good entries and a
 * named refusal. Yields the good entries of each slice, so that whoever runs it can do something else in between; what it
 * returns has those of the last one.
 */
export function* verification(job: VerificationJob): Generator<GoodEntry[], Verified, void> {
  const text = typeof job.batch === 'string' ? job.batch : Buffer.from(job.batch).toString('utf8');
  const verified: Verified = { known: [], good: [], rejected: null };
  const seen = new Map<number, string>();
  let [place, keyIndex] = [job.place, job.keyIndex];
  let slice = { entries: 0, length: 0 };
  let from = 0;
  for (let line = 0; ; line++) {
    const to = text.indexOf('\n', from);
    if (to < 0) return verified; // what is not ended was cut off
    const checked = checkLine({ ...job, keyIndex }, line, text.slice(from, to), place, seen);
    if (checked.kind === 'rejected')
      return { ...verified, rejected: { ...checked.rejected, waitingEntries: linesFrom(text, from) } };
    if (checked.kind === 'known') verified.known.push(checked.known);
    if (checked.kind === 'good') {
      verified.good.push(checked.good);
      seen.set(checked.good.seq, checked.good.hash);
      place = { seq: checked.good.seq, hash: checked.good.hash };
      keyIndex = checked.good.keyNumber - 1;
    }
    slice = { entries: slice.entries + 1, length: slice.length + to - from };
    if (slice.entries >= sliceEntries || slice.length >= sliceLength) {
      slice = { entries: 0, length: 0 };
      yield verified.good.splice(0);
    }
    from = to + 1;
  }
}

function linesFrom(text: string, from: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', from); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

type Checked =
  | { kind: 'good'; good: GoodEntry }
  | { kind: 'known'; known: Verified['known'][number] }
  | { kind: 'repeated' }
  | { kind: 'rejected'; rejected: RejectedEntry };

function checkLine(
  job: VerificationJob,
  line: number,
  text: string,
  place: ChainPlace,
  seen: ReadonlyMap<number, string>,
): Checked {
  const [entry] = decodeBatch(`${text}\n`).entries;
  if (entry === undefined) return rejected(line, 'unreadable', text);
  const { payload, signature } = entry;
  const seq = readEnvelope(payload)?.seq;
  if (seq !== undefined && seq <= place.seq) {
    const hash = hashOf(payload);
    if (seq <= job.place.seq && line !== job.suspect) return { kind: 'known', known: { line, seq, hash } };
    if (seen.get(seq) === hash) return { kind: 'repeated' };
  }
  const { checked, keyIndex } = verifyWithKeys(place, entry, job);
  if (!checked.ok) return rejected(line, checked.fault === 'repeated' ? 'changed' : checked.fault, payload);
  if (keyIndex < job.keyIndex) return rejected(line, 'former-key', payload);
  if (!isSignatureText(signature)) return rejected(line, 'bad-signature', payload);
  const { envelope, place: next } = checked;
  const fault = attachmentFault(envelope.attachments ?? {}, entry.attachments);
  if (fault !== undefined) return rejected(line, fault, payload);
  return { kind: 'good', good: goodEntry({ line, keyNumber: keyIndex + 1 }, envelope, entry, next.hash) };
}

/**
 * Checks an entry with the key of the one before it, then with the newer ones: a till that was enrolled anew has signed with a
 * former key what it had not shipped, and the chain shows where that ends. The older keys come last, for the fault's name.
 */
function verifyWithKeys(place: ChainPlace, entry: SealedEntry, { tillId, keys, keyIndex }: VerificationJob) {
  const inOrder = keys.map((_, index) => (keyIndex + index) % keys.length);
  let checked: ReturnType<typeof verifyNext> = { ok: false, fault: 'bad-signature' };
  for (const index of inOrder) {
    checked = verifyNext(place, entry, { tillId, publicKey: keys[index]! });
    if (checked.ok || checked.fault !== 'bad-signature') return { checked, keyIndex: index };
  }
  return { checked, keyIndex };
}

function goodEntry(
  at: { line: number; keyNumber: number },
  envelope: EntryEnvelope,
  entry: SealedEntry,
  hash: string,
): GoodEntry {
  const { seq, kind, version } = envelope;
  const { payload, signature } = entry;
  return {
    ...at,
    seq,
    kind,
    version,
    saleId: saleIdOf(envelope),
    tender: tenderOf(envelope),
    figures: figuresOf(envelope),
    payload,
    signature,
    hash,
    attachments: undestroyed(entry.attachments),
  };
}

const undestroyed = (attachments: Attachments): GoodEntry['attachments'] =>
  Object.fromEntries(
    Object.entries(attachments).flatMap(([name, one]) => (one === null ? [] : [[name, one]])),
  );

/** The sale that an entry is about, whatever else its body may hold; null if it names none as sales are named. */
export const saleIdOf = ({ body }: EntryEnvelope): string | null =>
  saleId.safeParse(body.saleId).data ?? null;

/** How an accepted sale was paid: what the fleet's counts go by. */
function tenderOf({ kind, body }: EntryEnvelope): Tender | null {
  if (kind !== 'sale.accepted') return null;
  return body.mode === 'cash' ? 'cash' : 'card';
}

/** DE 4 of ISO 8583 has twelve digits: what is larger is collected by no bank, and counts as no sum. */
export const maxDebitMinor = 999_999_999_999;
const sumOf = amountMinor.max(maxDebitMinor);

function figuresOf({ kind, body }: EntryEnvelope): Figures | null {
  if (kind !== 'sale.intent') return null;
  const [sum, unit] = [sumOf.safeParse(body.totalMinor), currency.safeParse(body.currency)];
  return sum.success && unit.success ? { amountMinor: sum.data, currency: unit.data } : null;
}

/** 64 bytes in base64 and nothing beside: readers of base64 skip what is none, also what the store cannot hold. */
const isSignatureText = (signature: string): boolean => {
  const bytes = Buffer.from(signature, 'base64');
  return bytes.length === 64 && bytes.toString('base64') === signature;
};

const maxKeptLength = 4_000;
const maxPanLength = 19;

/** What is kept of a rejected entry can be stored, and holds no card number in clear, whatever a broken till may send. */
function rejected(
  line: number,
  fault: IntakeFault,
  text: string,
): { kind: 'rejected'; rejected: RejectedEntry } {
  const hash = createHash('sha256').update(text).digest('hex');
  const plain = fault === 'unreadable' ? withoutAttachments(text) : text;
  const beginning = withoutCardNumbers(plain.slice(0, maxKeptLength + maxPanLength + 1));
  const entry = beginning.slice(0, maxKeptLength).replaceAll('\0', '\\0').toWellFormed();
  return { kind: 'rejected', rejected: { line, waitingEntries: 1, fault, entry, hash } };
}

/** Of a line that is no entry: what may lie beside one is to be destroyed some day, and nobody would find it here. */
const withoutAttachments = (text: string): string =>
  text.replace(/"attachments"\s*:.*$/s, '"attachments":"…"');

const withoutCardNumbers = (text: string): string =>
  text.replace(/(?<![0-9A-Za-z])\d{13,19}(?![0-9A-Za-z])/g, (digits) =>
    luhnValid(digits) ? maskPan(digits) : digits,
  );

/** An entry that was checked and cannot be stored all the same. */
export const notStorable = ({ line, payload }: GoodEntry): RejectedEntry =>
  rejected(line, 'not-storable', payload).rejected;

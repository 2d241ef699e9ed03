import type { QuarantineReason } from '@bivak/domain';
import type { Entry, EntryBody, KnownKinds } from '@bivak/journal';
import type { Logger } from '@bivak/process';
import { dropAttachments } from '../intake/attachments.ts';
import {
  lastIntentBefore,
  saleBefore,
  saleIdOf,
  type TakenEntry,
  unfolded,
} from '../intake/journal-reading.ts';
import { type ReaderKey, recordFolded } from '../intake/progress.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { Issuers } from '../routing/index.ts';
import { type Database, eachAtMost } from '../store/index.ts';
import { readMended } from './mending.ts';
import { QuarantineError, quarantineReasonOf } from './quarantine-error.ts';
import { cancelPayment, makePayment } from './sale-payments.ts';
import { type CardIntent, cardIntent, intentBefore, readIntent, repeatedIntent } from './sale-reading.ts';
import { hasPayment, isFaultOfSale, openSent, type SentCard } from './sent-card.ts';

/** How many entries of a till are folded at a time: another till, perhaps with a buyer who waits, is next. */
const batchSize = 100;
/** Sales of a batch that are folded at the same time; the entries of one sale follow each other. */
const salesAtOnce = 8;

/** What entries are folded with. */
export interface FoldContext {
  database: Database;
  log: Logger;
  bankWindowMs: number;
  /** The currency in which the banks take debits. */
  currency: string;
  /** Taken if a till names a time zone that does not exist. */
  timeZone: string;
  issuers: Issuers;
  /** They open what was sent beside a sale. */
  keys: KeyStore;
  /** A sale whose buyer may wait was quarantined. */
  onQuarantined?: (saleId: string) => void;
  /** The kinds of entries that are known; those of this program if nothing is said. */
  knownKinds?: KnownKinds | undefined;
}

/** What came of folding one entry. */
interface FoldResult {
  /** Why it could not be folded (now); undefined if it was. */
  reason: QuarantineReason | undefined;
  /** Whether the keys opened its card, if it has one. */
  readerKey: ReaderKey | undefined;
  /** The intent of its sale: what was sent beside that is kept with the payment now. */
  keptSeq: number | undefined;
  /** The intent of its sale, of which there will be no payment: what was sent beside it is to be destroyed. */
  droppedSeq: number | undefined;
}

/**
 * Folds the next entries of a till into payments. Each is folded idempotently in the card's own bucket, and the till's
 * progress is recorded after them, with what could not be folded and what its balance counts: a crash between the two folds
 * them again without effect. Resolves with whether there was anything, and whether there may be more.
 */
export async function foldNext(
  context: FoldContext,
  tillId: string,
): Promise<{ folded: number; mayBeMore: boolean }> {
  const entries = await unfolded(context.database, tillId, batchSize);
  // Small reads for each sale, many at once.
  const quick: FoldContext = { ...context, database: { ...context.database, query: context.database.quick } };
  const results = new Map<number, FoldResult>();
  await eachAtMost(salesAtOnce, bySale(entries), async (ofOneSale) => {
    for (const entry of ofOneSale) results.set(entry.envelope.seq, await tryFold(quick, entry));
  });
  const quarantined = entries.flatMap((entry) => {
    const { reason } = results.get(entry.envelope.seq)!;
    return reason === undefined ? [] : [{ entry, reason }];
  });
  const isRecorded = await recordFolded(context.database, tillId, {
    entries,
    quarantined,
    endedSales: entries.flatMap(endedSale),
    readerKeys: [...results.values()].flatMap(({ readerKey }) => readerKey ?? []),
    keptSeqs: [...results.values()].flatMap(({ keptSeq }) => keptSeq ?? []),
    droppedSeqs: [...results.values()].flatMap(({ droppedSeq }) => droppedSeq ?? []),
  });
  if (isRecorded) for (const one of quarantined) tell(context, one.entry, one.reason);
  return { folded: entries.length, mayBeMore: entries.length === batchSize || !isRecorded };
}

/** The entries of each sale, in the journal's order; an entry of no sale is alone. */
function bySale(entries: readonly TakenEntry[]): TakenEntry[][] {
  const saleOf = ({ envelope }: TakenEntry): string | number => saleIdOf(envelope) ?? envelope.seq;
  return [...Map.groupBy(entries, saleOf).values()];
}

const endKinds: readonly string[] = ['sale.accepted', 'sale.abandoned'];
const endedSale = ({ envelope }: TakenEntry): string[] =>
  endKinds.includes(envelope.kind) ? [saleIdOf(envelope) ?? []].flat() : [];

function tell({ log, onQuarantined }: FoldContext, entry: TakenEntry, reason: QuarantineReason): void {
  const { tillId, seq, kind } = entry.envelope;
  const saleId = saleIdOf(entry.envelope);
  log.error({ tillId, seq, kind, reason, paymentId: saleId, ...entry.figures }, 'an entry was quarantined');
  if (saleId !== null) onQuarantined?.(saleId);
}

/** Folds all that a till has shipped. Resolves with the number of entries. */
export async function foldJournal(context: FoldContext, tillId: string): Promise<number> {
  let folded = 0;
  for (;;) {
    const done = await foldNext(context, tillId);
    folded += done.folded;
    if (!done.mayBeMore) return folded;
  }
}

/** Folds an entry, if it can be. */
export async function tryFold(context: FoldContext, taken: TakenEntry): Promise<FoldResult> {
  const result: FoldResult = {
    reason: undefined,
    readerKey: undefined,
    keptSeq: undefined,
    droppedSeq: undefined,
  };
  try {
    await foldEntry(context, taken, (found) => void Object.assign(result, found));
  } catch (error) {
    const reason = quarantineReasonOf(error);
    if (reason === undefined) throw error;
    return { ...result, reason };
  }
  return result;
}

/** Takes what is found out about an entry while it is folded. */
type Note = (found: Partial<Omit<FoldResult, 'reason'>>) => void;

async function foldEntry(context: FoldContext, taken: TakenEntry, note: Note): Promise<void> {
  const read = readMended(taken.envelope, context.knownKinds);
  if (!read.ok) throw new QuarantineError(read.reason);
  const { entry } = read;
  if (entry.kind === 'sale.intent' && entry.body.requestedMode === 'online')
    await foldOnlineIntent(context, taken, note);
  else if (entry.kind === 'sale.accepted') await foldAccepted(context, taken, entry, note);
  else if (entry.kind === 'sale.abandoned') await foldAbandoned(context, taken, entry.body, note);
}

/** The host is asked while the buyer waits: the payment begins with the intent. */
async function foldOnlineIntent(
  context: FoldContext,
  { envelope, receivedAt, epoch }: TakenEntry,
  note: Note,
): Promise<void> {
  const { tillId, seq } = envelope;
  const own = readIntent(envelope, context.knownKinds);
  const { saleId } = own.intent;
  const before = await saleBefore(context.database, tillId, saleId, seq);
  const reason = repeatedIntent(before, { seq, kind: 'sale.intent', envelope }, context.knownKinds);
  if (reason !== undefined) throw new QuarantineError(reason);
  const read = cardIntent(own, tillId, context.currency);
  const sent = await openCard(context, read, { tillId, seq, paymentId: saleId, epoch }, note);
  await makePayment(context, {
    tillId,
    paymentId: saleId,
    mode: 'online',
    read,
    sent,
    accepted: null,
    receivedAt,
    epoch,
  });
  note({ keptSeq: seq });
}

async function foldAccepted(
  context: FoldContext,
  { envelope, receivedAt, epoch }: TakenEntry,
  { body }: Extract<Entry, { kind: 'sale.accepted' }>,
  note: Note,
): Promise<void> {
  const { tillId, seq } = envelope;
  const { saleId, mode } = body;
  const before = await saleBefore(context.database, tillId, saleId, seq);
  if (mode === 'cash') return checkCash(before, context.knownKinds);
  const first = intentBefore({ seq, before }, context.knownKinds);
  const abandoned = before.find(({ kind }) => kind === 'sale.abandoned');
  if (abandoned !== undefined)
    throw new QuarantineError({ kind: 'ended-before', end: 'abandoned', seq: abandoned.seq });
  const read = cardIntent(first, tillId, context.currency);
  const sent = await openCard(context, read, { tillId, seq, paymentId: saleId, epoch }, note);
  const accepted = { body, seq };
  await makePayment(context, { tillId, paymentId: saleId, mode, read, sent, accepted, receivedAt, epoch });
  note({ keptSeq: read.envelope.seq });
}

/** A sale that was begun by card and ends in cash is a contradiction: somebody may have paid twice, or nobody. */
function checkCash(before: Awaited<ReturnType<typeof saleBefore>>, known: KnownKinds | undefined): void {
  const intent = before.findLast(({ kind }) => kind === 'sale.intent');
  if (intent === undefined) return;
  const read = readMended(intent.envelope, known);
  if (read.ok && read.entry.kind === 'sale.intent' && read.entry.body.tender === 'card')
    throw new QuarantineError({ kind: 'tender-differs' });
}

async function foldAbandoned(
  context: FoldContext,
  { envelope, receivedAt: at }: TakenEntry,
  { saleId, reason }: EntryBody<'sale.abandoned'>,
  note: Note,
): Promise<void> {
  const { tillId, seq } = envelope;
  const before = await saleBefore(context.database, tillId, saleId, seq);
  const accepted = before.find(({ kind }) => kind === 'sale.accepted');
  if (accepted !== undefined)
    throw new QuarantineError({ kind: 'ended-before', end: 'accepted', seq: accepted.seq });
  const read = intentBefore({ seq, before }, context.knownKinds);
  note({ droppedSeq: read.envelope.seq });
  const { card } = read.intent;
  if (card === null || read.intent.requestedMode !== 'online') return;
  await cancelPayment(context, { ...read, card }, { tillId, reason, at });
}

/**
 * Opens the card of a sale that has no payment yet (null: it has one). What no key opens is no payment, and its till is told at
 * once; nor is what was sealed for another sale, or has paid for one.
 */
async function openCard(
  context: FoldContext,
  read: CardIntent,
  { tillId, seq, paymentId, epoch }: { tillId: string; seq: number; paymentId: string; epoch: number },
  note: Note,
): Promise<SentCard | null> {
  const { ksn, cardReference } = read.card;
  if (await hasPayment(context.database, cardReference, paymentId)) return null;
  const opened = await openSent(context, read, { tillId, paymentId, epoch });
  const fault = 'fault' in opened ? opened.fault : null;
  const isOfKey = fault !== null && !isFaultOfSale(fault);
  const wasTried = fault !== 'missing' && fault !== 'destroyed';
  if (wasTried) note({ readerKey: { keyId: ksn.slice(0, keyIdLength), seq, fault: isOfKey ? fault : null } });
  if ('fault' in opened)
    throw new QuarantineError({ kind: isOfKey ? 'card-unreadable' : 'card-refused', fault: opened.fault });
  return opened;
}

/** The initial key id is the first eight bytes of a key serial number (ANSI X9.24-3). */
const keyIdLength = 16;

/**
 * Makes a payment of its own of an accepted sale whose number was used before, because a person has decided so. Its id is made
 * from the entry's number, as no till mints one. Resolves with why it cannot be, undefined if it is made.
 */
export async function collectRepeated(
  context: FoldContext,
  { envelope, receivedAt, epoch }: TakenEntry,
  decided: { by: string; why: string },
): Promise<QuarantineReason | undefined> {
  const { tillId, seq } = envelope;
  const paymentId = `${tillId}-9${String(seq).padStart(14, '0')}`;
  try {
    const end = readMended(envelope, context.knownKinds);
    if (!end.ok) throw new QuarantineError(end.reason);
    if (end.entry.kind !== 'sale.accepted' || end.entry.body.mode === 'cash')
      throw new QuarantineError({ kind: 'no-card' });
    const { body } = end.entry;
    const { saleId, mode } = end.entry.body;
    const intent = await lastIntentBefore(context.database, tillId, saleId, seq);
    if (intent === undefined) throw new QuarantineError({ kind: 'no-intent' });
    const read = cardIntent(readIntent(intent, context.knownKinds), tillId, context.currency);
    const sent = await openCard(context, read, { tillId, seq, paymentId, epoch }, () => {});
    await makePayment(context, {
      tillId,
      paymentId,
      mode: mode as 'online' | 'offline',
      read,
      sent,
      accepted: { body, seq },
      receivedAt,
      epoch,
      decided: { saleId, ...decided },
    });
    const kept = { seqs: [intent.seq], isCardKept: true };
    await context.database.transaction((queries) => dropAttachments(queries, tillId, kept));
    return undefined;
  } catch (error) {
    const reason = quarantineReasonOf(error);
    if (reason === undefined) throw error;
    return reason;
  }
}

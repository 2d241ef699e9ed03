import {
  abandonment,
  acceptance,
  cardBlock,
  cardReference,
  cardSummary,
  check,
  contact,
  instant,
  maskedPan,
  refusalReason,
  saleBasics,
} from '@bivak/domain';
import { z } from 'zod';
import { attachmentName, commitment } from './attachments.ts';

/** Its checks, without those that only a newer program can name. */
const checks = z.array(z.unknown()).transform((all) => all.flatMap((one) => check.safeParse(one).data ?? []));
/** Why the till ended it; null if only a newer program can name it. */
const reason = refusalReason.nullable().catch(null);

const shift = z.object({ shiftNumber: z.number().int(), documentNumber: z.number().int() });

/**
 * What a till writes into its journal. The journal is the truth about what happened at the counter: it is appended to and
 * never changed; sales, counters, reports and the shift are folded from it.
 *
 * `version` is the version of the kind's body that this program writes and reads. A member that may be missing is added
 * without raising it: older readers keep the text, verify it, and fold what they know. It is raised when an older reader
 * would misunderstand the entry; such a reader then keeps the entry unfolded until it knows the version. A check or a refusal
 * reason that is added needs no other version: what an older host does with the money does not depend on its name.
 */
export const entryKinds = {
  'till.started': { version: 1, body: z.object({ softwareVersion: z.string() }) },
  'shift.opened': { version: 1, body: shift },
  'shift.closed': { version: 1, body: shift },
  /**
   * Written before the drive is asked to sign (and, if the host is asked first, before the host is): after a crash the till
   * finds it, asks the drive what became of it, and never does it twice. `requestedMode: 'online'` makes the host authorise
   * at once; an offline or cash sale counts from `sale.accepted` on. What must not outlive its use lies beside it: see
   * {@link intentAttachments}.
   */
  'sale.intent': { version: 1, body: saleBasics.extend({ card: cardSummary.nullable(), checks }) },
  /** The drive has signed: items and receipt are the buyer's. The checks are those by which it was accepted. */
  'sale.accepted': { version: 1, body: acceptance.extend({ checks }) },
  /** The till refused the card; nothing was signed and nothing may be debited. Card members are null if no card was read. */
  'sale.refused': {
    version: 1,
    body: saleBasics.extend({
      reason,
      maskedPan: maskedPan.nullable(),
      cardReference: cardReference.nullable(),
      checks,
    }),
  },
  /** An intent that ended without a fiscal document; what was authorised online has to be given back. */
  'sale.abandoned': { version: 1, body: abandonment.extend({ reason }) },
  'stop-list.applied': { version: 1, body: z.object({ version: z.number().int() }) },
} as const;

/** What lies beside a `sale.intent`: the sealed card data of a card sale, and the buyer's telephone number if he gave it. */
export const intentAttachments = { card: cardBlock, contact } as const;

export type EntryKind = keyof typeof entryKinds;
export type EntryBody<Kind extends EntryKind> = z.infer<(typeof entryKinds)[Kind]['body']>;

/** An entry before it is chained and signed. */
export type EntryDraft = { [Kind in EntryKind]: { kind: Kind; body: EntryBody<Kind> } }[EntryKind];

/**
 * What is hashed and signed: canonical JSON (RFC 8785) of this object, in UTF-8. The envelope alone is needed to verify an
 * entry, so that an entry of a kind or version that a reader does not know is verified, stored and shipped like any other.
 */
export const entryEnvelope = z.looseObject({
  /** Of the kind's body. */
  version: z.number().int().min(1),
  tillId: z.string(),
  /** 1, 2, 3 … without a gap. */
  seq: z.number().int().min(1),
  at: instant,
  /** IANA name of the till's time zone ("Europe/Moscow"). */
  timeZone: z.string(),
  kind: z
    .string()
    .regex(/^[a-z0-9]+([.-][a-z0-9]+)*$/)
    .max(60),
  body: z.looseObject({}),
  /** A commitment to each attachment, by name: the attachment is not part of the text, and can be destroyed. */
  attachments: z.record(attachmentName, commitment).optional(),
  /** SHA-256 of the payload before, hex; 64 zeros for seq 1. */
  prevHash: z.string().regex(/^[0-9a-f]{64}$/),
});
export type EntryEnvelope = z.infer<typeof entryEnvelope>;

/** An entry that this program knows. */
export type Entry = Pick<
  EntryEnvelope,
  'version' | 'tillId' | 'seq' | 'at' | 'timeZone' | 'prevHash' | 'attachments'
> &
  EntryDraft;

/** Why an entry that is in the chain cannot be read by this program. */
export type UnreadableEntry =
  | { kind: 'unknown-kind'; entryKind: string }
  | { kind: 'newer-version'; entryKind: string; version: number }
  | { kind: 'malformed-body'; entryKind: string };

/** The kinds that a program can read, each with the newest version of its body that it knows. */
export type KnownKinds = Readonly<Partial<Record<EntryKind, { version: number; body: z.ZodType }>>>;

/**
 * Reads the body of an envelope by its kind: the entry, or why this program cannot read it. Total. `known` is what the
 * program knows: an older program knows less.
 */
export function readBody(
  envelope: EntryEnvelope,
  known: KnownKinds = entryKinds,
): { ok: true; entry: Entry } | { ok: false; reason: UnreadableEntry } {
  const { kind, version } = envelope;
  const knownKind = Object.hasOwn(known, kind) ? known[kind as EntryKind] : undefined;
  if (knownKind === undefined) return { ok: false, reason: { kind: 'unknown-kind', entryKind: kind } };
  if (version > knownKind.version)
    return { ok: false, reason: { kind: 'newer-version', entryKind: kind, version } };
  const body = knownKind.body.safeParse(envelope.body);
  if (!body.success) return { ok: false, reason: { kind: 'malformed-body', entryKind: kind } };
  return { ok: true, entry: { ...envelope, kind, body: body.data } as Entry };
}

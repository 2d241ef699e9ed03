import {
  durationMs,
  instant,
  offlineLimits,
  paymentOutcome,
  saleId,
  storeEpoch,
  tillId,
} from '@bivak/domain';
import { z } from 'zod';

/**
 * The till's way to the host, through the radio link. Every request but enrolment carries
 * `Authorization: Bearer JWT` (EdDSA, signed with the till's key, `sub` = till id). A till whose clock is too far off is
 * answered 401 `clock-off` with the member `hostNow`; its journal is taken all the same. The JWT's claim `memory`
 * ({@link tillMemory}) says what the till knows of the host's store: by it the host notices that its store is older than the
 * world. Then every request is answered 503 `store-in-doubt` until a person has decided.
 *
 * - `POST /v1/enrolment` {@link enrolment} → {@link enrolled}; 429 `too-many-attempts` with the member `retryAfterMs` after wrong
 *   codes
 * - `POST /v1/tills/{tillId}/journal`, body: a journal batch (`@bivak/journal`, wire form) → {@link acknowledgement};
 *   409 `journal-refused` with the members `acknowledgedSeq` and `refusedSeq` if an entry is not taken (the good
 *   ones before it are kept); 409 `store-epoch-changed` with the members `epoch`, `epochId` and `acknowledgedSeq` if the
 *   till does not know the store's epoch yet: nothing is taken, and the till goes on from there
 * - `GET /v1/tills/{tillId}/downlink?stopListVersion=N&outcomesAfter=N` → {@link downlink}
 * - `GET /v1/tills/{tillId}/sales/{saleId}/outcome?waitMs=N` → {@link onlineOutcome}
 */
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const seq = z.number().int().min(0);

/** What a till knows of the host's store. */
export const tillMemory = z.object({
  /** Null before the first contact. */
  epochId: z.string().max(60).nullable(),
  /** The last entry of which it holds an acknowledgement of this epoch. */
  acknowledgedSeq: seq,
  /** The last entry that was ever sent, perhaps without an answer, before this request. */
  shippedSeq: seq,
  outcomesCursor: seq,
  stopListVersion: seq,
  stopListHash: hash,
});
export type TillMemory = z.infer<typeof tillMemory>;

export const enrolment = z.strictObject({
  tillId,
  code: z.string().min(8).max(64),
  /** Ed25519 public key, SPKI, base64. */
  publicKey: z.string(),
});
export const enrolled = z.object({
  tillId,
  /** The host's Ed25519 public key that signs stop-lists, SPKI, base64. */
  hostPublicKey: z.string(),
  ...storeEpoch.shape,
});

export const acknowledgement = z.object({ tillId, ...storeEpoch.shape, acknowledgedSeq: seq });
export type Acknowledgement = z.infer<typeof acknowledgement>;

export const downlink = z.object({
  ...storeEpoch.shape,
  acknowledgedSeq: seq,
  /** SHA-256 of that entry, hex, by which the till sees whether the host has its own history; null if there is none. */
  acknowledgedHash: hash.nullable(),
  hostNow: instant,
  limits: offlineLimits,
  bankWindowMs: durationMs,
  recoveryWindowMs: durationMs,
  /** A signed stop-list message (`@bivak/stoplist`: snapshot or delta), base64; null if the till is up to date. */
  stopList: z.string().nullable(),
  stopListVersion: z.number().int(),
  /** Of the newest list, by which the till sees whether it has that. */
  stopListHash: hash,
  /**
   * Initial key ids (the first eight bytes of a key serial number, hex) of readers whose newest sale the host's keys do not open:
   * with them the till takes no card offline.
   */
  unreadableReaderKeys: z.array(z.string()),
  outcomes: z.array(paymentOutcome),
});
export type Downlink = z.infer<typeof downlink>;

export const onlineOutcomeState = z.enum(['pending', 'approved', 'declined']);
export type OnlineOutcomeState = z.infer<typeof onlineOutcomeState>;
export const onlineOutcome = z.object({ saleId, state: onlineOutcomeState });

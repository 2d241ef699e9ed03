import { durationMs, instant, offlineLimits, paymentOutcome, saleId, tillId } from '@bivak/domain';
import { z } from 'zod';

/**
 * The till's way to the host, through the radio link. Every request but enrolment carries
 * `Authorization: Bearer JWT` (EdDSA, signed with the till's key, `sub` = till id). A till whose clock is too far off is
 * answered 401 `clock-off` with the member `hostNow`; its journal is taken all the same.
 *
 * - `POST /v1/enrolment` {@link enrolment} → {@link enrolled}; 429 `too-many-attempts` with the member `retryAfterMs` after wrong
 *   codes
 * - `POST /v1/tills/{tillId}/journal`, body: a journal batch (`@bivak/journal`, wire form) → {@link acknowledgement};
 *   409 `journal-refused` with the members `acknowledgedSeq` and `refusedSeq` if an entry is not taken (the good
 *   ones before it are kept)
 * - `GET /v1/tills/{tillId}/downlink?stopListVersion=N&outcomesAfter=N` → {@link downlink}
 * - `GET /v1/tills/{tillId}/sales/{saleId}/outcome?waitMs=N` → {@link onlineOutcome}
 */
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
});

export const acknowledgement = z.object({ tillId, acknowledgedSeq: z.number().int().min(0) });

export const downlink = z.object({
  acknowledgedSeq: z.number().int(),
  /** SHA-256 of that entry, hex, by which the till sees whether the host has its own history; null if there is none. */
  acknowledgedHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  hostNow: instant,
  limits: offlineLimits,
  bankWindowMs: durationMs,
  recoveryWindowMs: durationMs,
  /** A signed stop-list message (`@bivak/stoplist`: snapshot or delta), base64; null if the till is up to date. */
  stopList: z.string().nullable(),
  stopListVersion: z.number().int(),
  outcomes: z.array(paymentOutcome),
});
export type Downlink = z.infer<typeof downlink>;

export const onlineOutcomeState = z.enum(['pending', 'approved', 'declined']);
export type OnlineOutcomeState = z.infer<typeof onlineOutcomeState>;
export const onlineOutcome = z.object({ saleId, state: onlineOutcomeState });

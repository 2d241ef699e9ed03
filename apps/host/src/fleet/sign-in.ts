import type { KeyObject } from 'node:crypto';
import { uplinkApi } from '@bivak/contracts';
import { Problem } from '@bivak/domain';
import { errors, jwtVerify } from 'jose';
import type { Queries } from '../store/index.ts';
import { findTill } from './fleet.ts';

/** How old a request may be, and how far off a till's clock: without an uplink it has nothing to set it by. */
const freshness = { maxTokenAge: '2 minutes', clockTolerance: '5 minutes' } as const;
const clockToleranceMs = 5 * 60_000;
/** A clock that is further off is off by so much. */
const maxOffMs = 100 * 366 * 86_400_000;

/** The till that has signed a request. */
export interface SignedIn {
  publicKey: KeyObject;
  /** The keys that it had before, the oldest first. */
  formerKeys: readonly KeyObject[];
  /** How far its clock is ahead (above 0) or behind the host's, if that is more than may be; else 0. */
  clockOffMs: number;
  /** What the till knows of the store; null if it says nothing. */
  memory: uplinkApi.TillMemory | null;
}

/**
 * Checks that a request is the till's own: a JWT (EdDSA) signed with the key that it was enrolled with, in its name, at
 * most two minutes old by clocks at most five minutes apart. `atAnyAge`: for what may be sent twice without harm, and may not
 * be held back by a clock that is wrong. Throws Problem `clock-off` if only the time is wrong, else `not-authenticated`,
 * which does not say what was wrong.
 */
export async function signedIn(
  queries: Queries,
  tillId: string,
  authorization: string | undefined,
  nowMs: number,
  options: { atAnyAge: boolean } = { atAnyAge: false },
): Promise<SignedIn> {
  const till = await findTill(queries, tillId);
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (till?.publicKey == null || token === undefined) throw new Problem('not-authenticated', {});
  try {
    const { payload } = await jwtVerify(token, till.publicKey, {
      algorithms: ['EdDSA'],
      subject: tillId,
      currentDate: new Date(nowMs),
      requiredClaims: ['iat'],
      ...(options.atAnyAge ? {} : freshness),
    });
    const offMs = Math.round(Math.max(-maxOffMs, Math.min(maxOffMs, payload.iat! * 1_000 - nowMs)));
    const memory = uplinkApi.tillMemory.safeParse(payload.memory).data ?? null;
    return {
      publicKey: till.publicKey,
      formerKeys: till.formerKeys,
      clockOffMs: Math.abs(offMs) > clockToleranceMs ? offMs : 0,
      memory,
    };
  } catch (error) {
    throw isOnlyTime(error)
      ? new Problem('clock-off', { hostNow: new Date(nowMs).toISOString() })
      : new Problem('not-authenticated', {});
  }
}

/** The signature is checked before the time: if only the time is wrong, the request is the till's. */
const isOnlyTime = (error: unknown): boolean =>
  error instanceof errors.JWTExpired ||
  (error instanceof errors.JWTClaimValidationFailed &&
    error.claim === 'iat' &&
    error.reason === 'check_failed');

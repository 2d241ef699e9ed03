import type { KeyObject } from 'node:crypto';
import { Problem } from '@bivak/http-api';
import { errors, jwtVerify } from 'jose';
import type { Queries } from '../store/index.ts';
import { findTill } from './fleet.ts';

/** How old a request may be, and how far off a till's clock: without a link it may have no better one than its own. */
const freshness = { maxTokenAge: '2 minutes', clockTolerance: '5 minutes' } as const;
const clockToleranceMs = 5 * 60_000;

/** The till that has signed a request. */
export interface SignedIn {
  publicKey: KeyObject;
  /** How far its clock is before (above 0) or behind the host's, where that is more than may be; else 0. */
  clockOffMs: number;
}

/**
 * Checks that a request is the till's own: a JWT (EdDSA) signed with the key that it was enrolled with, in its name, at
 * most two minutes old by clocks at most five minutes apart. `atAnyAge`: for what may be sent twice without harm, and may not
 * be kept back by a clock that is wrong. Throws Problem 401: `clock-off` where only the time is wrong, else without saying
 * what of it was wrong.
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
  if (till?.publicKey == null || token === undefined)
    throw new Problem(401, 'not-authenticated', 'Enrol first; then sign each request with the till’s key.');
  try {
    const { payload } = await jwtVerify(token, till.publicKey, {
      algorithms: ['EdDSA'],
      subject: tillId,
      currentDate: new Date(nowMs),
      requiredClaims: ['iat'],
      ...(options.atAnyAge ? {} : freshness),
    });
    const offMs = payload.iat! * 1_000 - nowMs;
    return { publicKey: till.publicKey, clockOffMs: Math.abs(offMs) > clockToleranceMs ? offMs : 0 };
  } catch (error) {
    throw isOnlyTime(error) ? clockOff(nowMs) : notThisTill();
  }
}

/** The signature is looked at before the time: where the time is what is wrong, it is the till's. */
const isOnlyTime = (error: unknown): boolean =>
  error instanceof errors.JWTExpired ||
  (error instanceof errors.JWTClaimValidationFailed &&
    error.claim === 'iat' &&
    error.reason === 'check_failed');

const notThisTill = (): Problem =>
  new Problem(401, 'not-authenticated', 'The request is not signed with this till’s key in its name.');

function clockOff(nowMs: number): Problem {
  const hostNow = new Date(nowMs).toISOString();
  const what = `The request is too old, or the till’s clock is off: it is ${hostNow} at the host. Set the clock; the journal is taken all the same.`;
  return new Problem(401, 'clock-off', what, { hostNow });
}

import type { KeyObject } from 'node:crypto';
import { Problem } from '@bivak/http-api';
import { jwtVerify } from 'jose';
import type { Queries } from '../store/index.ts';
import { findTill } from './fleet.ts';

/**
 * Checks that a request is the till's own: a JWT (EdDSA) signed with the key that it was enrolled with, in its name, at
 * most two minutes old. Resolves with the key; throws Problem 401, which does not say what of it was wrong.
 */
export async function signedIn(
  queries: Queries,
  tillId: string,
  authorization: string | undefined,
  nowMs: number,
): Promise<KeyObject> {
  const till = await findTill(queries, tillId);
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (till?.publicKey == null || token === undefined)
    throw new Problem(401, 'not-authenticated', 'Enrol first; then sign each request with the till’s key.');
  try {
    await jwtVerify(token, till.publicKey, {
      algorithms: ['EdDSA'],
      subject: tillId,
      currentDate: new Date(nowMs),
      requiredClaims: ['iat'],
      maxTokenAge: '2 minutes',
      // A till without a link may have no better clock than its own.
      clockTolerance: '5 minutes',
    });
  } catch {
    throw new Problem(
      401,
      'not-authenticated',
      'The request is not signed with this till’s key, or its signature is too old.',
    );
  }
  return till.publicKey;
}

import { hkdfSync } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';

/** What one host of a store says to another. */
export interface PeerToken {
  /** Who has sent the request. */
  hostName: string;
  /** Names the request: the same is not done twice. */
  requestId: string;
}

/** Signs and checks requests between hosts: with a key that all of them derive (RFC 5869) from one that they are given. */
export interface PeerTokens {
  sign(token: PeerToken, nowMs: number): Promise<string>;
  /** Undefined if no host of this store has sent it, or not lately. */
  verify(authorization: string | undefined, nowMs: number): Promise<PeerToken | undefined>;
}

const maxAgeSeconds = 60;
const audience = 'bivak-peer';

export function peerTokens(master: Uint8Array): PeerTokens {
  const key = Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), 'bivak peers', 32));
  return {
    sign: ({ hostName, requestId }, nowMs) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'HS256' })
        .setAudience(audience)
        .setSubject(hostName)
        .setJti(requestId)
        .setIssuedAt(Math.floor(nowMs / 1_000))
        .sign(key),
    async verify(authorization, nowMs) {
      const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
      if (token === undefined) return undefined;
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          audience,
          currentDate: new Date(nowMs),
          maxTokenAge: maxAgeSeconds,
          clockTolerance: maxAgeSeconds,
          requiredClaims: ['sub', 'jti', 'iat'],
        });
        return { hostName: payload.sub!, requestId: payload.jti! };
      } catch {
        return undefined;
      }
    },
  };
}

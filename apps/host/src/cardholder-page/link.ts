import { createHmac, timingSafeEqual } from 'node:crypto';

/** How long a link works: as long as a debt may be open. */
const validForMs = 60 * 24 * 3_600_000;
const signatureBytes = 12;

/**
 * The last part of the page's address: sale, end of validity in hours (base 36), and 96 bits of an HMAC, short enough for
 * an SMS. It lets its holder see this one debt and request an attempt, and names no person.
 */
export function linkToken(key: Uint8Array, saleId: string, nowMs: number): string {
  const content = `${saleId}.${Math.ceil((nowMs + validForMs) / 3_600_000).toString(36)}`;
  return `${content}.${signatureOf(key, content).toString('base64url')}`;
}

/** The sale that a token is for; undefined if it is forged, damaged or too old. */
export function saleOfToken(key: Uint8Array, token: string, nowMs: number): string | undefined {
  const [, saleId, hours, signature] = /^([a-z0-9-]{3,40})\.([0-9a-z]{1,8})\.([\w-]{16})$/.exec(token) ?? [];
  if (saleId === undefined || hours === undefined || signature === undefined) return undefined;
  const claimed = Buffer.from(signature, 'base64url');
  const expected = signatureOf(key, `${saleId}.${hours}`);
  if (claimed.length !== expected.length || !timingSafeEqual(claimed, expected)) return undefined;
  return Number.parseInt(hours, 36) * 3_600_000 >= nowMs ? saleId : undefined;
}

function signatureOf(key: Uint8Array, content: string): Buffer {
  return createHmac('sha256', key).update(content).digest().subarray(0, signatureBytes);
}

import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Drives and the fiscal operator's crypto module share keys that the cash register never sees; the real system is
 * not public. The sandbox's is a keyed hash whose key follows from the drive's number: enough to notice altered
 * messages and confirmations meant for another drive, and no secret.
 */
const SANDBOX_SYSTEM = 'bivak sandbox: keys between drives and the fiscal operator';
const MESSAGE_SIGN_BYTES = 6;
const OPERATOR_SIGN_BYTES = 18;

function hash(driveNumber: string, purpose: string, bytes: Uint8Array): Buffer {
  const key = createHmac('sha256', SANDBOX_SYSTEM).update(driveNumber).digest();
  return createHmac('sha256', key).update(purpose).update(bytes).digest();
}

/** The sign by which the operator knows that a document comes from this drive. */
export function messageSign(driveNumber: string, document: Uint8Array): Buffer {
  return hash(driveNumber, 'message', document).subarray(0, MESSAGE_SIGN_BYTES);
}

/** The sign (tag 1078) by which the drive knows that the operator confirmed; over the confirmation without it. */
export function operatorSign(driveNumber: string, confirmation: Uint8Array): Buffer {
  return hash(driveNumber, 'confirmation', confirmation).subarray(0, OPERATOR_SIGN_BYTES);
}

export function signsMatch(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

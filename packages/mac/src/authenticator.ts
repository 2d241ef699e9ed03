import { timingSafeEqual } from 'node:crypto';
import { aesCmac } from './aes-cmac.ts';
import { retailMac } from './retail-mac.ts';

/** How a bank's messages are authenticated. */
export const macAlgorithms = ['x9.19', 'aes-cmac'] as const;
export type MacAlgorithm = (typeof macAlgorithms)[number];

/** Makes and checks the code of eight bytes that DE 64 and DE 128 hold. */
export interface Authenticator {
  codeOf(message: Uint8Array): Buffer;
  /** In a time that does not depend on where the codes differ. */
  isCodeOf(message: Uint8Array, code: Uint8Array): boolean;
}

const codeBytes = 8;

/** The authenticator of a key. Throws an Error if the key has another length than the algorithm needs. */
export function authenticator(algorithm: MacAlgorithm, key: Uint8Array): Authenticator {
  const compute = algorithm === 'x9.19' ? retailMac : aesCmac;
  const codeOf = (message: Uint8Array): Buffer => compute(key, message).subarray(0, codeBytes);
  codeOf(Buffer.alloc(0)); // the key is tried now, not at the first message
  return {
    codeOf,
    isCodeOf: (message, code) => code.length === codeBytes && timingSafeEqual(codeOf(message), code),
  };
}

import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { CardDataFault } from '@bivak/domain';
import { dataEncryptionKey, deriveInitialKey, isUsableCounter, transactionKey } from './dukpt.ts';

/** Card data that cannot be read: `fault` says why; neither it nor the message holds a digit of the data. */
export class CardDataError extends Error {
  readonly fault: CardDataFault;

  constructor(fault: CardDataFault, options?: ErrorOptions) {
    super(`card data: ${fault}`, options);
    this.name = 'CardDataError';
    this.fault = fault;
  }
}

/** Track-2-equivalent data (EMV tag 57, ISO/IEC 7813). */
export interface Track2 {
  pan: string;
  /** YYMM */
  expiry: string;
  serviceCode: string;
}

/** Reads `PAN=YYMMSSS` (12 to 19 digits, expiry, service code, discretionary data ignored). Throws {@link CardDataError}. */
export function parseTrack2(text: string): Track2 {
  const [, pan, expiry, serviceCode] = /^(\d{12,19})=(\d{2}(?:0[1-9]|1[0-2]))(\d{3})\d*$/.exec(text) ?? [];
  if (pan === undefined || expiry === undefined || serviceCode === undefined)
    throw new CardDataError('bad-track-2');
  return { pan, expiry, serviceCode };
}

/** Each key is used once, so that a fixed nonce never meets the same key twice. */
const nonce = Buffer.alloc(12);
const tagBytes = 16;

/** Encrypts track 2 in the reader: AES-128-GCM under the transaction's data key, the KSN authenticated; hex. */
export function sealTrack2(initialKey: Uint8Array, ksn: string, track2: string): string {
  const cipher = createCipheriv('aes-128-gcm', dataKey(initialKey, ksn), nonce).setAAD(
    Buffer.from(ksn, 'hex'),
  );
  const sealed = Buffer.concat([cipher.update(track2, 'ascii'), cipher.final(), cipher.getAuthTag()]);
  return sealed.toString('hex');
}

/**
 * Opens what {@link sealTrack2} sealed, at the host, from the BDK. Throws {@link CardDataError} if it was changed, if
 * it is no hex throughout, and if no reader counts to the KSN (X9.24-3: at most 16 one-bits).
 */
export function openTrack2(bdk: Uint8Array, ksn: string, ciphertext: string): Track2 {
  if (!/^[0-9a-fA-F]{24}$/.test(ksn) || !isUsableCounter(Number.parseInt(ksn.slice(16), 16)))
    throw new CardDataError('unusable-key-serial-number');
  // Buffer.from leaves off what is no hex: the rest would open as if nothing had been added.
  if (!/^(?:[0-9a-fA-F]{2})+$/.test(ciphertext)) throw new CardDataError('not-hex');
  const sealed = Buffer.from(ciphertext, 'hex');
  if (sealed.length <= tagBytes) throw new CardDataError('too-short');
  const initialKey = deriveInitialKey(bdk, ksn.slice(0, 16));
  const decipher = createDecipheriv('aes-128-gcm', dataKey(initialKey, ksn), nonce, {
    authTagLength: tagBytes,
  })
    .setAAD(Buffer.from(ksn, 'hex'))
    .setAuthTag(sealed.subarray(-tagBytes));
  try {
    const opened = Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
    return parseTrack2(opened.toString('ascii'));
  } catch (error) {
    if (error instanceof CardDataError) throw error;
    throw new CardDataError('altered-or-other-key');
  }
}

function dataKey(initialKey: Uint8Array, ksn: string): Buffer {
  return dataEncryptionKey(transactionKey(initialKey, ksn), ksn);
}

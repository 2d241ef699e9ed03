import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { CardDataFault } from '@bivak/domain';
import { dataEncryptionKey, isUsableCounter, transactionKey } from './dukpt.ts';
import { type Purchase, purchaseContext } from './purchase.ts';
import { lend } from './wiping.ts';

/** Card data that cannot be read: `fault` says why; neither it nor the message holds a digit of the data. */
export class CardDataError extends Error {
  readonly fault: CardDataFault;

  constructor(fault: CardDataFault, options?: ErrorOptions) {
    super(`card data: ${fault}`, options);
    this.name = 'CardDataError';
    this.fault = fault;
  }
}

/** Track-2-equivalent data (EMV tag 57, ISO/IEC 7813) while it is open; the digits are ASCII. */
export interface Track2 {
  /** All of it, discretionary data too. */
  track2: Uint8Array;
  /** A view of its beginning: the card number. */
  pan: Uint8Array;
  /** YYMM */
  expiry: string;
  serviceCode: string;
}

const separator = 0x3d; // =
const afterSeparator = { expiry: 4, serviceCode: 3 } as const;

/**
 * Reads `PAN=YYMMSSS` (12 to 19 digits, expiry, service code, discretionary data), and makes no text of the number. Throws
 * {@link CardDataError}.
 */
export function parseTrack2(track2: Uint8Array): Track2 {
  const at = track2.indexOf(separator);
  const behind = track2.subarray(at + 1);
  const needed = afterSeparator.expiry + afterSeparator.serviceCode;
  const pan = track2.subarray(0, Math.max(0, at));
  const isTrack = at >= 12 && at <= 19 && behind.length >= needed && isDigits(pan) && isDigits(behind);
  const facts = isTrack ? Buffer.from(behind.subarray(0, needed)).toString('latin1') : '';
  const expiry = facts.slice(0, afterSeparator.expiry);
  if (!/^\d{2}(?:0[1-9]|1[0-2])$/.test(expiry)) throw new CardDataError('bad-track-2');
  return { track2, pan, expiry, serviceCode: facts.slice(afterSeparator.expiry) };
}

const isDigits = (bytes: Uint8Array): boolean => bytes.every((byte) => byte >= 0x30 && byte <= 0x39);

/** Each key is used once, so that a fixed nonce never meets the same key twice. */
const nonce = Buffer.alloc(12);
const tagBytes = 16;

/**
 * Encrypts track 2 in the reader: AES-128-GCM under the transaction's data key, with {@link purchaseContext} as associated
 * data; hex.
 */
export function sealTrack2(
  initialKey: Uint8Array,
  ksn: string,
  track2: string | Uint8Array,
  purchase: Purchase,
): string {
  return lend(dataKey(initialKey, ksn), (key) => {
    const cipher = createCipheriv('aes-128-gcm', key, nonce).setAAD(
      purchaseContext(Buffer.from(ksn, 'hex'), purchase),
    );
    const clear = typeof track2 === 'string' ? Buffer.from(track2, 'ascii') : track2;
    return Buffer.concat([cipher.update(clear), cipher.final(), cipher.getAuthTag()]).toString('hex');
  });
}

/**
 * Opens what {@link sealTrack2} sealed for this purchase, at the host, from the BDK ({@link initialKeyDerivation}), and lends it to
 * `act`. Throws {@link
 * CardDataError} if it was changed or sealed for another purchase, if it is no hex throughout, and if no reader counts to the
 * KSN (X9.24-3: at most 16 one-bits).
 */
export function openTrack2<Result>(
  initialKeyOf: (initialKeyId: string) => Buffer,
  sealed: { ksn: string; ciphertext: string; purchase: Purchase },
  act: (track2: Track2) => Result,
): Result {
  const { ksn, ciphertext, purchase } = sealed;
  if (!/^[0-9a-fA-F]{24}$/.test(ksn) || !isUsableCounter(Number.parseInt(ksn.slice(16), 16)))
    throw new CardDataError('unusable-key-serial-number');
  // Buffer.from leaves off what is no hex: the rest would open as if nothing had been added.
  if (!/^(?:[0-9a-fA-F]{2})+$/.test(ciphertext)) throw new CardDataError('not-hex');
  const bytes = Buffer.from(ciphertext, 'hex');
  if (bytes.length <= tagBytes) throw new CardDataError('too-short');
  const clear = lend(initialKeyOf(ksn.slice(0, 16)), (initialKey) =>
    lend(dataKey(initialKey, ksn), (key) =>
      decrypt(key, bytes, purchaseContext(Buffer.from(ksn, 'hex'), purchase)),
    ),
  );
  return lend(clear, () => act(parseTrack2(clear)));
}

function decrypt(key: Uint8Array, sealed: Buffer, context: Buffer): Buffer {
  const decipher = createDecipheriv('aes-128-gcm', key, nonce, { authTagLength: tagBytes })
    .setAAD(context)
    .setAuthTag(sealed.subarray(-tagBytes));
  const clear = decipher.update(sealed.subarray(0, -tagBytes));
  try {
    decipher.final();
    return clear;
  } catch {
    clear.fill(0);
    throw new CardDataError('altered-or-other-key');
  }
}

function dataKey(initialKey: Uint8Array, ksn: string): Buffer {
  return lend(transactionKey(initialKey, ksn), (key) => dataEncryptionKey(key, ksn));
}

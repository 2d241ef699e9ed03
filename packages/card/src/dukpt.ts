import { createCipheriv } from 'node:crypto';
import { lend } from './wiping.ts';

/**
 * AES DUKPT (ANSI X9.24-3:2017) for AES-128 keys: every transaction has a key of its own, from which neither an earlier
 * nor a later one can be found. The reader holds a key derived from the host's base derivation key (BDK); the key serial
 * number (KSN, 12 bytes: initial key id, counter) tells the host which.
 */

/** Key usage of X9.24-3, table 2. */
const usage = { initialKey: 0x8001, derivation: 0x8000, dataEncryption: 0x3000 } as const;
const aes128 = 0x0002;
const keyBits = 128;

function derivationData(keyUsage: number, context: Uint8Array): Buffer {
  const data = Buffer.alloc(16);
  data[0] = 0x01; // version of the derivation data
  data[1] = 0x01; // first (and only) block of key material
  data.writeUInt16BE(keyUsage, 2);
  data.writeUInt16BE(aes128, 4);
  data.writeUInt16BE(keyBits, 6);
  data.set(context, 8);
  return data;
}

function derive(key: Uint8Array, keyUsage: number, context: Uint8Array): Buffer {
  const data = derivationData(keyUsage, context);
  return createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(data);
}

function bytes(hex: string, length: number, what: string): Buffer {
  if (!new RegExp(`^[0-9a-fA-F]{${length * 2}}$`).test(hex))
    throw new Error(`${what} has to be ${length} bytes in hex`);
  return Buffer.from(hex, 'hex');
}

/** The key that is put into a reader: from the BDK (16 bytes) and the reader's initial key id (8 bytes in hex). */
export function deriveInitialKey(bdk: Uint8Array, initialKeyId: string): Buffer {
  return derive(bdk, usage.initialKey, bytes(initialKeyId, 8, 'an initial key id'));
}

/**
 * As {@link deriveInitialKey}, for many readers: the BDK is in one place of memory, however many keys are derived from it, and
 * what it was made of may be overwritten.
 */
export function initialKeyDerivation(bdk: Uint8Array): (initialKeyId: string) => Buffer {
  const cipher = createCipheriv('aes-128-ecb', bdk, null).setAutoPadding(false);
  return (initialKeyId) =>
    cipher.update(derivationData(usage.initialKey, bytes(initialKeyId, 8, 'an initial key id')));
}

/** The key of one transaction, from the initial key and the KSN: one derivation for each bit of the counter. */
export function transactionKey(initialKey: Uint8Array, ksn: string): Buffer {
  const serial = bytes(ksn, 12, 'a key serial number');
  const counter = serial.readUInt32BE(8);
  let key: Buffer = Buffer.from(initialKey);
  let reached = 0;
  for (let mask = 0x8000_0000; mask >= 1; mask /= 2) {
    if (Math.floor(counter / mask) % 2 === 0) continue;
    reached += mask;
    key = lend(key, () => derive(key, usage.derivation, contextOf(serial, reached)));
  }
  return key;
}

/** The key that encrypts data from reader to host in the transaction of `ksn`. */
export function dataEncryptionKey(keyOfTransaction: Uint8Array, ksn: string): Buffer {
  const serial = bytes(ksn, 12, 'a key serial number');
  return derive(keyOfTransaction, usage.dataEncryption, contextOf(serial, serial.readUInt32BE(8)));
}

function contextOf(serial: Buffer, counter: number): Buffer {
  const context = Buffer.alloc(8);
  serial.copy(context, 0, 4, 8);
  context.writeUInt32BE(counter, 4);
  return context;
}

/** True for a counter that the standard uses: 1 or more, at most 16 one-bits (which bounds the host's work). */
export function isUsableCounter(counter: number): boolean {
  return counter >= 1 && counter <= 0xffff_0000 && counter.toString(2).replaceAll('0', '').length <= 16;
}

/** The counter after this one; undefined when the reader's keys are used up and it needs a new initial key. */
export function nextCounter(counter: number): number | undefined {
  for (let next = counter + 1; next <= 0xffff_0000; next++) if (isUsableCounter(next)) return next;
  return undefined;
}

/** The two parts of a KSN: which reader key, and how far its counter had come. */
export function serialNumberParts(ksn: string): { initialKeyId: string; counter: number } {
  return { initialKeyId: ksn.slice(0, 16), counter: Number.parseInt(ksn.slice(16), 16) };
}

import { createHash } from 'node:crypto';

/** Into how many parts money and tills are divided. It never changes: a row's bucket is part of its key. */
export const bucketCount = 1024;

/** The bucket of a card, from its reference (which is a hash already): the same in every program and on every machine. */
export function cardBucket(cardReference: string): number {
  return Number.parseInt(cardReference.slice(0, 8), 16) % bucketCount;
}

/** The bucket of a till. */
export const tillBucket = (tillId: string): number => hashBucket(tillId);

/** The bucket of a reader's key serial number. */
export const ksnBucket = (ksn: string): number => hashBucket(ksn);

const hashBucket = (text: string): number =>
  createHash('sha256').update(text).digest().readUInt32BE(0) % bucketCount;

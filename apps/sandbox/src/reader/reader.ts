import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { cardReference, maskPan, nextCounter, sealTrack2 } from '@bivak/card';
import type { Clock, Timer } from '@bivak/clock';
import type { readerApi } from '@bivak/contracts';
import type { WalletEntry } from '../issuers/accounts.ts';

export interface ReaderKeys {
  /** 16 hex digits. */
  initialKeyId: string;
  initialKey: Buffer;
  cardReferenceKey: Buffer;
}

/** How long a card lies on the reader before a sale wants it, and how long a sale waits for a card. */
export const patienceMs = 60_000;
/** From tap to "remove the card". */
const readingMs = 400;

/**
 * The reader's counter of transaction keys, on the disk before a key is used: no key is used twice, whatever dies. Throws
 * if the file is damaged: beginning again at the first key would use keys a second time.
 */
export function keyCounter(file: string): () => number {
  let counter = readCounter(file);
  return () => {
    counter = nextCounter(counter);
    const descriptor = openSync(`${file}.new`, 'w', 0o600);
    writeFileSync(descriptor, String(counter));
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(`${file}.new`, file);
    syncFolder(dirname(file));
    return counter;
  };
}

function readCounter(file: string): number {
  if (!existsSync(file)) return 0;
  const text = readFileSync(file, 'utf8');
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new Error(`The reader's key counter ${file} is damaged; "--reset" gives the reader new keys.`);
}

/** A renamed file is there for good once its folder is written. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

interface Reading {
  send: (line: readerApi.ReaderMessage) => void;
  timer: Timer;
}

/** A contactless reader: a card that is held to it is read, its data encrypted under a key of its own, and given to who wants it. */
export class Reader {
  readonly #wallet: ReadonlyMap<string, WalletEntry>;
  readonly #keys: ReaderKeys;
  readonly #next: () => number;
  readonly #clock: Clock;
  #reading: Reading | undefined;
  #lying: { card: WalletEntry; timer: Timer } | undefined;

  constructor(wallet: readonly WalletEntry[], keys: ReaderKeys, next: () => number, clock: Clock) {
    this.#wallet = new Map(wallet.map((entry) => [entry.card, entry]));
    this.#keys = keys;
    this.#next = next;
    this.#clock = clock;
  }

  /** The till wants a card read. A reading that was open is ended, and somebody else who wanted it is sent its end. */
  read(send: (line: readerApi.ReaderMessage) => void): void {
    if (this.#reading?.send === send) this.#forget();
    else this.#end({ type: 'failed', reason: 'card-not-presented' });
    const giveUp = (): void => this.#end({ type: 'failed', reason: 'card-not-presented' });
    this.#reading = { send, timer: this.#clock.at(this.#clock.nowMs() + patienceMs, giveUp) };
    send({ type: 'prompt', prompt: 'present' });
    const lying = this.#lying;
    if (lying !== undefined) {
      this.#take();
      this.#readCard(lying.card);
    }
  }

  /** The till does not want a card any more; a reading for somebody else stays. */
  cancel(send: (line: readerApi.ReaderMessage) => void): void {
    if (this.#reading?.send === send) this.#forget();
  }

  #forget(): void {
    this.#reading?.timer.cancel();
    this.#reading = undefined;
  }

  /** Somebody holds a card to the reader. False if the wallet has no such card. */
  present(name: string): boolean {
    const card = this.#wallet.get(name);
    if (card === undefined) return false;
    if (this.#reading !== undefined) {
      this.#readCard(card);
      return true;
    }
    this.#take();
    this.#lying = { card, timer: this.#clock.at(this.#clock.nowMs() + patienceMs, () => this.#take()) };
    return true;
  }

  #take(): void {
    this.#lying?.timer.cancel();
    this.#lying = undefined;
  }

  #readCard(card: WalletEntry): void {
    const reading = this.#reading;
    if (reading === undefined) return;
    reading.send({ type: 'prompt', prompt: 'hold' });
    reading.timer.cancel();
    reading.timer = this.#clock.at(this.#clock.nowMs() + readingMs, () => {
      reading.send({ type: 'prompt', prompt: 'remove' });
      this.#end(this.#seal(card));
    });
  }

  #seal(card: WalletEntry): readerApi.ReaderMessage {
    const ksn = `${this.#keys.initialKeyId}${this.#next().toString(16).padStart(8, '0')}`;
    return {
      type: 'card',
      ksn,
      ciphertext: sealTrack2(this.#keys.initialKey, ksn, `${card.pan}=${card.expiry}${card.serviceCode}`),
      maskedPan: maskPan(card.pan),
      cardReference: cardReference(this.#keys.cardReferenceKey, card.pan),
      expiry: card.expiry,
      serviceCode: card.serviceCode,
    };
  }

  #end(line: readerApi.ReaderMessage): void {
    const reading = this.#reading;
    this.#forget();
    reading?.send(line);
  }
}

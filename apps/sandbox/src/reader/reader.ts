import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { cardReference, maskPan, nextCounter, type Purchase, sealTrack2 } from '@bivak/card';
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
 * The reader's counter of transaction keys, on the disk before a key is used: no key is used twice, whatever dies; undefined
 * once they are used up. Throws if the file is damaged: beginning again at the first key would use keys a second time.
 */
export function keyCounter(file: string): () => number | undefined {
  let counter = readCounter(file);
  return () => {
    const next = nextCounter(counter);
    if (next === undefined) return undefined;
    counter = next;
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
  purchase: Purchase;
  send: (line: readerApi.ReaderMessage) => void;
  timer: Timer;
}

/** A contactless reader: a card that is held to it is read, its data encrypted under a key of its own, and given to who wants it. */
export class Reader {
  readonly #wallet: ReadonlyMap<string, WalletEntry>;
  readonly #keys: ReaderKeys;
  readonly #next: () => number | undefined;
  readonly #clock: Clock;
  #reading: Reading | undefined;
  #lying: { card: WalletEntry; timer: Timer } | undefined;

  constructor(
    wallet: readonly WalletEntry[],
    keys: ReaderKeys,
    next: () => number | undefined,
    clock: Clock,
  ) {
    this.#wallet = new Map(wallet.map((entry) => [entry.card, entry]));
    this.#keys = keys;
    this.#next = next;
    this.#clock = clock;
  }

  /** The till wants a card read. A reading that was open is ended, and somebody else who wanted it is sent its end. */
  read(purchase: Purchase, send: (line: readerApi.ReaderMessage) => void): void {
    const giveUp = (): void => this.#end(({ saleId }) => notPresented(saleId));
    if (this.#reading?.send === send) this.#forget();
    else giveUp();
    this.#reading = { purchase, send, timer: this.#clock.at(this.#clock.nowMs() + patienceMs, giveUp) };
    send({ type: 'prompt', saleId: purchase.saleId, prompt: 'present' });
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
    const { saleId } = reading.purchase;
    reading.send({ type: 'prompt', saleId, prompt: 'hold' });
    reading.timer.cancel();
    reading.timer = this.#clock.at(this.#clock.nowMs() + readingMs, () => {
      reading.send({ type: 'prompt', saleId, prompt: 'remove' });
      this.#end((purchase) => this.#seal(card, purchase));
    });
  }

  #seal(card: WalletEntry, purchase: Purchase): readerApi.ReaderMessage {
    const counter = this.#next();
    if (counter === undefined)
      return { type: 'failed', saleId: purchase.saleId, reason: 'reader-keys-used-up' };
    const { initialKeyId, initialKey, cardReferenceKey } = this.#keys;
    const ksn = `${initialKeyId}${counter.toString(16).padStart(8, '0')}`;
    const track2 = `${card.pan}=${card.expiry}${card.serviceCode}`;
    const sealed = {
      ksn,
      ciphertext: sealTrack2(initialKey, ksn, track2, purchase),
      maskedPan: maskPan(card.pan),
      cardReference: cardReference(cardReferenceKey, card.pan),
      expiry: card.expiry,
      serviceCode: card.serviceCode,
    };
    return { type: 'card', ...purchase, card: sealed };
  }

  #end(lineOf: (purchase: Purchase) => readerApi.ReaderMessage): void {
    const reading = this.#reading;
    this.#forget();
    reading?.send(lineOf(reading.purchase));
  }
}

const notPresented = (saleId: string): readerApi.ReaderMessage => ({
  type: 'failed',
  saleId,
  reason: 'card-not-presented',
});

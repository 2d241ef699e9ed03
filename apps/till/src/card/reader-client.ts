import type { Clock, Timer } from '@bivak/clock';
import { readerApi, type tillApi } from '@bivak/contracts';
import type { CardTap } from '@bivak/domain';
import type { Address, ConnectionEnd } from '@bivak/net';
import { type JsonConnection, openJsonConnection } from './connection.ts';

/** A card that was read, or why none was. */
export type CardReadResult =
  | { read: true; card: CardTap }
  | { read: false; reason: readerApi.ReadingFailure | 'card-reader-silent' };

/** The card reader: sees cards in clear so that nobody else has to. */
export interface CardReader {
  /** Reads a card for this purchase. Never throws: a reader that fails gives `card-reader-silent`. One reading at a time. */
  read(purchase: Purchase): Promise<CardReadResult>;
  /** Ends the reading as if no card had come; false if there is none. */
  cancel(): boolean;
  prompt(): tillApi.CardPrompt;
  close(): void;
}

/** The reader gives up after 60 s by itself; this much later the till no longer believes in its response. */
const maxReadMs = 75_000;

type Purchase = Omit<Extract<readerApi.ReaderRequest, { type: 'read' }>, 'type'>;

interface Reading {
  purchase: Purchase;
  end(result: CardReadResult): void;
}

export function cardReader(options: {
  address: Address;
  clock: Clock;
  log: { warn(fields: object, message: string): void };
}): CardReader {
  const { address, clock, log } = options;
  let connection: JsonConnection | undefined;
  let prompt: tillApi.CardPrompt = 'idle';
  let reading: Reading | undefined;

  const send = (request: readerApi.ReaderRequest): void => connection?.send(request);
  const onEnd = (end: ConnectionEnd): void => {
    connection = undefined;
    if (reading === undefined) return; // a reader that goes away between two sales is met again at the next one
    log.warn({ end }, 'the card reader failed');
    reading.end({ read: false, reason: 'card-reader-silent' });
  };
  const onMessage = (text: string): void => {
    const message = parse(text);
    if (message === undefined) connection?.drop('a line of no known form');
    // A line that comes late is another sale's: its card must not pay for the one that is read for now.
    else if (reading === undefined || !isAbout(message, reading.purchase)) {
      const { type, saleId } = message;
      log.warn({ type, saleId }, 'the card reader sent a line that no sale waits for');
    } else if (message.type === 'prompt') prompt = message.prompt;
    else if (message.type === 'failed') reading.end({ read: false, reason: message.reason });
    else reading.end({ read: true, card: message.card });
  };
  /** No card any more: the connection goes too, so that a response which is on its way is not taken for the next sale's. */
  const giveUp = (): void => {
    const ended = reading;
    send({ type: 'cancel' });
    connection?.close();
    connection = undefined;
    ended?.end({ read: false, reason: 'card-not-presented' });
  };
  return {
    read(purchase) {
      const { promise, resolve } = Promise.withResolvers<CardReadResult>();
      const timer: Timer = clock.at(clock.nowMs() + maxReadMs, giveUp);
      prompt = 'present';
      reading = {
        purchase,
        end(result) {
          timer.cancel();
          reading = undefined;
          prompt = 'idle';
          resolve(result);
        },
      };
      connection ??= openJsonConnection(address, clock, onMessage, onEnd);
      send({ type: 'read', ...purchase });
      return promise;
    },
    cancel() {
      const wasReading = reading !== undefined;
      if (wasReading) giveUp();
      return wasReading;
    },
    prompt: () => prompt,
    close() {
      giveUp();
    },
  };
}

/** True of a line that repeats the purchase: a card all of it, the others the sale. */
function isAbout(message: readerApi.ReaderMessage, purchase: Purchase): boolean {
  if (message.saleId !== purchase.saleId) return false;
  if (message.type !== 'card') return true;
  const { tillId, amountMinor, currency } = message;
  return tillId === purchase.tillId && amountMinor === purchase.amountMinor && currency === purchase.currency;
}

function parse(text: string): readerApi.ReaderMessage | undefined {
  try {
    return readerApi.readerMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // not JSON
  }
}

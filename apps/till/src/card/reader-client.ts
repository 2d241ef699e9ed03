import type { Clock, Timer } from '@bivak/clock';
import { type CardTap, cardTap } from '@bivak/domain';
import type { Address, ConnectionEnd } from '@bivak/net';
import { z } from 'zod';
import { type JsonConnection, openJsonConnection } from './connection.ts';

/** What the buyer is to do with the card now. */
export type CardPrompt = 'idle' | 'present' | 'hold' | 'remove';

/** A card that was read, or why none was. */
export type CardReadResult =
  | { read: true; card: CardTap }
  | { read: false; reason: 'card-unreadable' | 'card-not-presented' | 'card-reader-silent' };

/** The card reader: sees cards in clear so that nobody else has to. */
export interface CardReader {
  /** Reads a card for this sale. Never throws: a reader that fails gives `card-reader-silent`. One reading at a time. */
  read(sale: { saleId: string; amountMinor: number; currency: string }): Promise<CardReadResult>;
  /** Ends the reading as if no card had come; false if there is none. */
  cancel(): boolean;
  prompt(): CardPrompt;
  close(): void;
}

const fromReader = z.discriminatedUnion('type', [
  z.object({ type: z.literal('prompt'), prompt: z.enum(['present', 'hold', 'remove']) }),
  z.object({ type: z.literal('card'), ...cardTap.shape }),
  z.object({ type: z.literal('failed'), reason: z.enum(['card-unreadable', 'card-not-presented']) }),
]);

/** The reader gives up after 60 s by itself; this much later the till no longer believes in its response. */
const maxReadMs = 75_000;

interface Reading {
  end(result: CardReadResult): void;
}

export function cardReader(options: {
  address: Address;
  clock: Clock;
  log: { warn(fields: object, message: string): void };
}): CardReader {
  const { address, clock, log } = options;
  let connection: JsonConnection | undefined;
  let prompt: CardPrompt = 'idle';
  let reading: Reading | undefined;

  const onEnd = (end: ConnectionEnd): void => {
    connection = undefined;
    if (reading === undefined) return; // a reader that goes away between two sales is met again at the next one
    log.warn({ end }, 'the card reader failed');
    reading.end({ read: false, reason: 'card-reader-silent' });
  };
  const onMessage = (text: string): void => {
    const message = parse(text);
    if (message === undefined) connection?.drop('a line of no known form');
    else if (message.type === 'prompt') prompt = reading === undefined ? 'idle' : message.prompt;
    else if (message.type === 'failed') reading?.end({ read: false, reason: message.reason });
    else {
      const { type: _, ...card } = message;
      reading?.end({ read: true, card });
    }
  };
  /** No card any more: the connection goes too, so that a response which is on its way is not taken for the next sale's. */
  const giveUp = (): void => {
    const ended = reading;
    connection?.send({ type: 'cancel' });
    connection?.close();
    connection = undefined;
    ended?.end({ read: false, reason: 'card-not-presented' });
  };
  return {
    read(sale) {
      const { promise, resolve } = Promise.withResolvers<CardReadResult>();
      const timer: Timer = clock.at(clock.nowMs() + maxReadMs, giveUp);
      prompt = 'present';
      reading = {
        end(result) {
          timer.cancel();
          reading = undefined;
          prompt = 'idle';
          resolve(result);
        },
      };
      connection ??= openJsonConnection(address, clock, onMessage, onEnd);
      connection.send({ type: 'read', ...sale });
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

function parse(text: string): z.infer<typeof fromReader> | undefined {
  try {
    return fromReader.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // not JSON
  }
}

import type { Clock } from '@bivak/clock';
import { type CardTap, cardTap } from '@bivak/journal';
import { z } from 'zod';
import { type Line, openLine } from './line.ts';

/** What the buyer is to do with the card now. */
export type CardPrompt = 'idle' | 'present' | 'hold' | 'remove';

/** A card that was read, or why none was. */
export type CardAnswer =
  | { read: true; card: CardTap }
  | { read: false; reason: 'card-unreadable' | 'card-not-presented' | 'card-reader-silent' };

/** The card reader: sees cards in clear so that nobody else has to. */
export interface CardReader {
  /** Asks for a card for this sale. Never throws: a reader that fails gives `card-reader-silent`. One ask at a time. */
  ask(sale: { saleId: string; amountMinor: number; currency: string }): Promise<CardAnswer>;
  /** Ends the ask under way as if no card had come; false where none is. */
  cancel(): boolean;
  prompt(): CardPrompt;
  close(): void;
}

const fromReader = z.discriminatedUnion('type', [
  z.object({ type: z.literal('prompt'), prompt: z.enum(['present', 'hold', 'remove']) }),
  z.object({ type: z.literal('card'), ...cardTap.shape }),
  z.object({ type: z.literal('failed'), reason: z.enum(['card-unreadable', 'card-not-presented']) }),
]);

/** The reader gives up after 60 s by itself; this much later the till no longer believes in its answer. */
const longestAskMs = 75_000;

interface Ask {
  end(answer: CardAnswer): void;
}

export function cardReader(options: {
  address: { host: string; port: number };
  clock: Clock;
  log: { warn(fields: object, message: string): void };
}): CardReader {
  const { address, clock, log } = options;
  let line: Line | undefined;
  let prompt: CardPrompt = 'idle';
  let asking: Ask | undefined;

  const failed = (why: string): void => {
    line = undefined;
    if (asking === undefined) return; // a reader that goes away between two sales is met again at the next one
    log.warn({ why }, 'the card reader failed');
    asking.end({ read: false, reason: 'card-reader-silent' });
  };
  const hear = (text: string): void => {
    const told = read(text);
    if (told === undefined) line?.drop('it sent a line of no known form');
    else if (told.type === 'prompt') prompt = asking === undefined ? 'idle' : told.prompt;
    else if (told.type === 'failed') asking?.end({ read: false, reason: told.reason });
    else {
      const { type: _, ...card } = told;
      asking?.end({ read: true, card });
    }
  };
  /** No card any more: the connection goes too, so that an answer which is on its way is not taken for the next sale's. */
  const giveUp = (): void => {
    const ended = asking;
    line?.say({ type: 'cancel' });
    line?.close();
    line = undefined;
    ended?.end({ read: false, reason: 'card-not-presented' });
  };
  return {
    ask(sale) {
      const { promise, resolve } = Promise.withResolvers<CardAnswer>();
      const guard = clock.at(clock.nowMs() + longestAskMs, giveUp);
      prompt = 'present';
      asking = {
        end(answer) {
          guard.cancel();
          asking = undefined;
          prompt = 'idle';
          resolve(answer);
        },
      };
      line ??= openLine(address, hear, failed);
      line.say({ type: 'ask', ...sale });
      return promise;
    },
    cancel() {
      const wasAsking = asking !== undefined;
      if (wasAsking) giveUp();
      return wasAsking;
    },
    prompt: () => prompt,
    close() {
      giveUp();
    },
  };
}

function read(text: string): z.infer<typeof fromReader> | undefined {
  try {
    return fromReader.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // not JSON
  }
}

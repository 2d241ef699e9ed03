import { z } from 'zod';
import type { RecordFile } from '../fiscal-keeping/record-file.ts';

/** A piece of a long message: the sender has cut it and numbered its pieces (3GPP TS 23.040, 9.2.3.24.1 and .8). */
export const messagePart = z.object({
  from: z.string(),
  to: z.string(),
  /** The sender's number of the long message. */
  number: z.number().int(),
  of: z.number().int().min(1),
  index: z.number().int().min(1),
  text: z.string(),
});
export type MessagePart = z.infer<typeof messagePart>;

/** What a user data header says of the piece that it heads; undefined if it says nothing of pieces. */
export function placeOf(
  header: readonly Uint8Array[],
): Pick<MessagePart, 'number' | 'of' | 'index'> | undefined {
  for (const element of header) {
    const [id, length, ...value] = element;
    const isShort = id === 0x00 && length === 3;
    const isLong = id === 0x08 && length === 4;
    if (!isShort && !isLong) continue;
    const [index = 0, of = 0] = [value.at(-1), value.at(-2)];
    const number = isShort ? value[0]! : value[0]! * 256 + value[1]!;
    if (index >= 1 && index <= of) return { number, of, index };
  }
  return undefined;
}

/** Pieces that wait for the rest of their message; each is on the disk before it is acknowledged. */
export class WaitingParts {
  readonly #file: RecordFile;
  readonly #waiting = new Map<string, Map<number, string>>();

  constructor(file: RecordFile, parts: readonly MessagePart[]) {
    this.#file = file;
    for (const part of parts) this.#fold(part);
  }

  /** Keeps a piece; gives the whole text with the last one that was missing. */
  keep(part: MessagePart): string | undefined {
    this.#file.append(part);
    return this.#fold(part);
  }

  #fold(part: MessagePart): string | undefined {
    const key = [part.from, part.to, part.number, part.of].join(' ');
    const texts = this.#waiting.get(key) ?? new Map<number, string>();
    this.#waiting.set(key, texts.set(part.index, part.text));
    if (texts.size < part.of) return undefined;
    this.#waiting.delete(key);
    return Array.from({ length: part.of }, (_, index) => texts.get(index + 1)!).join('');
  }
}

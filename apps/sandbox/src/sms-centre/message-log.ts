import { sandboxApi } from '@bivak/contracts';
import type { z } from 'zod';
import type { RecordFile } from '../fiscal-keeping/record-file.ts';

/** A message as the centre keeps it: the public entry and the sender's own reference of it. */
export const keptMessage = sandboxApi.sms.extend({
  messageId: sandboxApi.sms.shape.from,
  reference: sandboxApi.sms.shape.segments.nullable(),
});
export type KeptMessage = z.infer<typeof keptMessage>;

const sevenBit = /^[\x20-\x7e\r\n]*$/;

/** How many SMS a text takes: 160 characters of the GSM alphabet or 70 of UCS-2 in one, 153 or 67 in each of several. */
export function segmentsOf(text: string): number {
  const [alone, joined] = sevenBit.test(text) ? [160, 153] : [70, 67];
  return text.length <= alone ? 1 : Math.ceil(text.length / joined);
}

/** The centre's own log: on the disk before a message is acknowledged. */
export class MessageLog {
  readonly #file: RecordFile;
  readonly #messages: KeptMessage[];

  constructor(file: RecordFile, messages: readonly KeptMessage[]) {
    this.#file = file;
    this.#messages = [...messages];
  }

  /**
   * Keeps a message. One that the same sender has sent to the same number under the same reference with the same text is
   * the same message again (its first acknowledgement was lost): it is not sent twice.
   */
  keep(message: { at: string; from: string; to: string; text: string; reference: number | null }): {
    kept: KeptMessage;
    isNew: boolean;
  } {
    const before = this.#messages.find(
      ({ from, to, text, reference }) =>
        reference !== null &&
        reference === message.reference &&
        from === message.from &&
        to === message.to &&
        text === message.text,
    );
    if (before !== undefined) return { kept: before, isNew: false };
    const number = this.#messages.length + 1;
    const kept = {
      ...message,
      number,
      segments: segmentsOf(message.text),
      messageId: number.toString(16).padStart(8, '0'),
    };
    this.#file.append(kept);
    this.#messages.push(kept);
    return { kept, isNew: true };
  }

  list(): KeptMessage[] {
    return [...this.#messages];
  }
}

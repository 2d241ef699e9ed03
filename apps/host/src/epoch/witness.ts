import {
  closeSync,
  existsSync,
  fdatasync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

/** A message that moves money and that leaves for a bank. */
const sentMessage = z.object({
  kind: z.enum(['debit', 'refund']),
  paymentId: z.string(),
  bankId: z.string(),
  stan: z.string(),
});
export type SentMessage = z.infer<typeof sentMessage>;

const line = z.discriminatedUnion('is', [
  z.object({ is: z.literal('epoch'), epochId: z.string() }),
  z.object({ is: z.literal('block'), block: z.number().int() }),
  z.object({ is: z.literal('sent'), ...sentMessage.shape }),
]);
type Line = z.infer<typeof line>;

/**
 * What a host remembers beside the store, in a file that is no part of it: the epoch, and what left last. A store that does not
 * know what its host has sent is older than the world.
 */
export interface Witness {
  /** Of the store that it is a witness of; null if it is of none. */
  epochId(): string | null;
  /** The messages that left last, the newest last. */
  sent(): readonly SentMessage[];
  /** The highest block of trace numbers that was taken. */
  maxBlock(): number;
  /** In the file when this returns; on the disk after the next `sync`. Called before the message leaves. */
  recordSent(message: SentMessage): void;
  recordBlock(block: number): void;
  /** Forgets all, and is a witness of this epoch from now on. */
  begin(epochId: string): void;
  /** Resolves when what was recorded is on the disk. */
  sync(): Promise<void>;
  close(): void;
}

/** More than can be under way at once: of what leaves together, the store may lose one and keep the next. */
const keptMessages = 1_024;

/** Opens a witness; a file that is not there is one that is a witness of nothing. A last line that was cut off does not count. */
export function openWitness(file: string): Witness {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const lines = existsSync(file) ? readLines(readFileSync(file, 'utf8')) : [];
  let epochId = lines.findLast((one) => one.is === 'epoch')?.epochId ?? null;
  let maxBlock = Math.max(0, ...lines.map((one) => (one.is === 'block' ? one.block : 0)));
  let sent: SentMessage[] = lines.flatMap((one) => (one.is === 'sent' ? [sentMessage.parse(one)] : []));
  let handle = 0;
  const write = (one: Line): void => void writeSync(handle, `${JSON.stringify(one)}\n`);
  /** A new file, whole before it has the name. */
  const rewrite = (): void => {
    if (handle !== 0) closeSync(handle);
    sent = sent.slice(-keptMessages);
    handle = openSync(`${file}.new`, 'w', 0o600);
    if (epochId !== null) write({ is: 'epoch', epochId });
    write({ is: 'block', block: maxBlock });
    for (const message of sent) write({ is: 'sent', ...message });
    fsyncSync(handle);
    renameSync(`${file}.new`, file);
    const folder = openSync(dirname(file), 'r');
    fsyncSync(folder);
    closeSync(folder);
  };
  rewrite();
  return {
    epochId: () => epochId,
    sent: () => sent.slice(-keptMessages),
    maxBlock: () => maxBlock,
    recordSent(message) {
      sent.push(message);
      write({ is: 'sent', ...message });
      if (sent.length > 4 * keptMessages) rewrite();
    },
    recordBlock(block) {
      maxBlock = Math.max(maxBlock, block);
      write({ is: 'block', block });
    },
    begin(id) {
      epochId = id;
      sent = [];
      rewrite();
    },
    sync: () =>
      new Promise((resolve, reject) =>
        fdatasync(handle, (error) => (error === null ? resolve() : reject(error))),
      ),
    close: () => closeSync(handle),
  };
}

function readLines(text: string): Line[] {
  return text.split('\n').flatMap((one) => {
    try {
      return line.safeParse(JSON.parse(one)).data ?? [];
    } catch {
      return [];
    }
  });
}

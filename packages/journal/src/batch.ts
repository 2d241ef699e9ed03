import { readAttachments } from './attachments.ts';
import type { SealedEntry } from './chain.ts';

/**
 * The wire form of a batch: one line an entry, `{"payload":"…","signature":"…","attachments":{"card":{"salt":"…","content":"…"}}}`,
 * each ended by a line feed; an attachment that was destroyed is null, and an entry without any has no such member. A line that
 * is not ended was cut off and does not count.
 */
export function encodeBatch(entries: readonly SealedEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(lineOf(entry))}\n`).join('');
}

function lineOf({ payload, signature, attachments }: SealedEntry): object {
  return Object.keys(attachments).length === 0 ? { payload, signature } : { payload, signature, attachments };
}

export type LineFault = 'not-json' | 'no-payload' | 'no-signature' | 'bad-attachments';

/** What is wrong with a line of a batch; `line` counts from 1. */
export interface BatchError {
  line: number;
  fault: LineFault;
}

export interface BatchReading {
  /** The good entries, up to the first bad line. */
  entries: SealedEntry[];
  error: BatchError | null;
  /** True if the last line was cut off. */
  isCut: boolean;
}

/** Reads a batch, whole or cut anywhere. Total: any text gives its good entries and what is wrong with the first bad line. */
export function decodeBatch(text: string): BatchReading {
  const lines = text.split('\n');
  const isCut = lines.pop() !== '';
  const entries: SealedEntry[] = [];
  for (const [index, line] of lines.entries()) {
    const entry = readLine(line);
    if (typeof entry === 'string') return { entries, error: { line: index + 1, fault: entry }, isCut };
    entries.push(entry);
  }
  return { entries, error: null, isCut };
}

function readLine(line: string): SealedEntry | LineFault {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'not-json';
  }
  const { payload, signature, attachments = {} } = (value ?? {}) as Partial<Record<string, unknown>>;
  if (typeof payload !== 'string') return 'no-payload';
  if (typeof signature !== 'string') return 'no-signature';
  const read = readAttachments(attachments);
  return read === undefined ? 'bad-attachments' : { payload, signature, attachments: read };
}

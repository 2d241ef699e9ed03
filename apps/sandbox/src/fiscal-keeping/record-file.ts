import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** A file of records that only grows. A record is on the disk when `append` returns. */
export interface RecordFile {
  /** Throws, and leaves the file as it was, if the disk does not take the record. */
  append(record: unknown): void;
  close(): void;
}

export interface OpenedRecordFile {
  file: RecordFile;
  /** What was in the file, in order. */
  records: unknown[];
  /** Bytes of a last record that a power cut left unfinished; they were cut off. */
  droppedBytes: number;
}

const NEWLINE = 0x0a;

/**
 * Opens (or begins) a file of JSON lines. A record counts once its newline is on the disk: a last line without
 * one was never acknowledged and is cut off. A broken line before the end is damage, not a power cut: it throws.
 */
export function openRecordFile(path: string): OpenedRecordFile {
  mkdirSync(dirname(path), { recursive: true });
  const descriptor = openSync(path, 'a+');
  syncDirectory(dirname(path));
  const content = readFileSync(path);
  let lengthBytes = content.lastIndexOf(NEWLINE) + 1;
  const droppedBytes = content.length - lengthBytes;
  if (droppedBytes > 0) truncate(descriptor, lengthBytes);
  const file: RecordFile = {
    append(record) {
      const line = Buffer.from(`${JSON.stringify(record)}\n`);
      try {
        let written = 0;
        while (written < line.length) written += writeSync(descriptor, line, written);
        fdatasyncSync(descriptor);
      } catch (error) {
        truncate(descriptor, lengthBytes);
        throw error;
      }
      lengthBytes += line.length;
    },
    close: () => closeSync(descriptor),
  };
  return { file, records: parseLines(content.subarray(0, lengthBytes), path), droppedBytes };
}

function parseLines(content: Buffer, path: string): unknown[] {
  const lines = content.toString('utf8').split('\n').slice(0, -1);
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      throw new Error(`${path}, line ${index + 1}: no JSON; the file is damaged, nothing was changed`);
    }
  });
}

function truncate(descriptor: number, lengthBytes: number): void {
  ftruncateSync(descriptor, lengthBytes);
  fsyncSync(descriptor);
}

/** A new file is only there for good once its directory is written. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

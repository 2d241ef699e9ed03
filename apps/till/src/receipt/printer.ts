import { appendFile } from 'node:fs/promises';
import type { tillApi } from '@bivak/contracts';
import { createTurns } from '../in-turn.ts';
import { escPos } from './escpos.ts';

/** The receipt printer. */
export interface Printer {
  /** Prints a paper; papers come out one after another. Rejects if the printer fails. */
  print(paper: tillApi.Receipt): Promise<void>;
}

/** Prints into a file, byte by byte what a printer at the serial port would get. */
export function filePrinter(file: string): Printer {
  const inTurn = createTurns();
  return { print: (paper) => inTurn(() => appendFile(file, escPos(paper), { mode: 0o600 })) };
}

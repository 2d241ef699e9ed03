import { STATUS_CODES } from 'node:http';
import type { tillApi } from '@bivak/contracts';
import { Problem, type ProblemCode, problemDocument } from '@bivak/domain';
import { problemStatus } from '@bivak/http-api';
import type { Printer } from '../receipt/index.ts';

/** What every route may give: a page of another site, and a bug. */
const everywhere: readonly ProblemCode[] = ['foreign-page', 'internal-error'];

interface Described {
  description: string;
  content: Record<'application/problem+json', { schema: typeof problemDocument }>;
}

/** The responses of a route that are problem documents (RFC 9457), for its description in `/openapi.json`. */
export function problems(...codes: readonly ProblemCode[]): Record<number, Described> {
  const byStatus = Map.groupBy([...codes, ...everywhere], (code) => problemStatus[code]);
  return Object.fromEntries([...byStatus].map(([status, ofStatus]) => [status, described(status, ofStatus)]));
}

const described = (status: number, codes: readonly ProblemCode[]): Described => ({
  description: `${STATUS_CODES[status]}: ${codes.join(', ')}`,
  content: { 'application/problem+json': { schema: problemDocument } },
});

/** Prints because somebody asked for it. Throws Problem `printer-failed`. */
export async function printNow(printer: Printer, paper: tillApi.Receipt): Promise<void> {
  try {
    await printer.print(paper);
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    throw new Problem('printer-failed', { errorCode: code ?? name }, { cause: error });
  }
}

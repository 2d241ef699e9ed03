import type { tillApi } from '@bivak/contracts';
import { problemDocument } from '@bivak/contracts';
import { Problem, problemTitles } from '@bivak/http-api';
import type { Printer } from '../receipt/index.ts';

/** The refusals that every route may give: a page of another site (403), and a bug (500). */
const everywhere = [403, 500];

/** The responses of a route that are problem documents (RFC 9457), by status, for its description in `/openapi.json`. */
export function problems(...statuses: readonly number[]) {
  const described = [...statuses, ...everywhere].map((status) => [
    status,
    {
      description: problemTitles[status] ?? 'Error',
      content: { 'application/problem+json': { schema: problemDocument } },
    },
  ]);
  return Object.fromEntries(described) as Record<
    number,
    { description: string; content: Record<'application/problem+json', { schema: typeof problemDocument }> }
  >;
}

/** Prints because somebody asked for it. Throws Problem `printer-failed`. */
export async function printNow(printer: Printer, paper: tillApi.Receipt): Promise<void> {
  try {
    await printer.print(paper);
  } catch (error) {
    throw new Problem(
      503,
      'printer-failed',
      `The printer does not print: ${(error as Error).message}. Look at its paper and cable, then print once more.`,
    );
  }
}

import { problemDocument } from '@bivak/contracts';
import { Problem } from '@bivak/http-api';
import { z } from 'zod';

/** Asks a process of the simulated world at its admin port. */
export type AskAdmin = <Schema extends z.ZodType>(
  process: string,
  schema: Schema,
  request: { method: 'GET' | 'PUT' | 'POST'; path: string; body?: unknown },
) => Promise<z.infer<Schema>>;

/** Real time: the process is on this machine and answers at once or not at all. */
const LONGEST_ANSWER_MS = 10_000;

/**
 * A way to the admin ports. A problem which the process answers is handed on as it is; one that does not answer, or
 * answers what it should not, gives 502.
 */
export function adminClient(urlOf: (process: string) => string): AskAdmin {
  return async (process, schema, { method, path, body }) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    let answer: Response;
    let json: unknown;
    try {
      answer = await fetch(`${urlOf(process)}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(LONGEST_ANSWER_MS),
      });
      json = await answer.json();
    } catch {
      throw new Problem(
        502,
        'process-not-running',
        `${process} does not answer; GET /v1/processes says how it is, POST /v1/processes/${process} starts it.`,
      );
    }
    if (!answer.ok) {
      const problem = problemDocument.safeParse(json);
      if (problem.success) {
        throw new Problem(problem.data.status, problem.data.code, problem.data.detail);
      }
    }
    const parsed = schema.safeParse(json);
    if (answer.ok && parsed.success) return parsed.data;
    throw new Problem(502, 'unexpected-answer', `${process} answered ${method} ${path} in an unknown form.`);
  };
}

/** A list as the processes answer it: `{items: […]}`. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) });

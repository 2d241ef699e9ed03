import { Problem, problemFactsOf } from '@bivak/domain';
import { z } from 'zod';

/** Sends a request to a process of the simulated world, at its admin port. */
export type SendToAdmin = <Schema extends z.ZodType>(
  process: string,
  schema: Schema,
  request: { method: 'GET' | 'PUT' | 'POST'; path: string; body?: unknown },
) => Promise<z.infer<Schema>>;

/** Real time: the process is on this machine and answers at once or not at all. */
const MAX_ANSWER_MS = 10_000;

/**
 * A way to the admin ports. A problem which the process answers is handed on as it is; one that does not answer is
 * `process-not-running`, and one that answers what it should not `unexpected-answer`.
 */
export function adminClient(urlOf: (process: string) => string): SendToAdmin {
  return async (process, schema, { method, path, body }) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    let answer: Response;
    let json: unknown;
    try {
      answer = await fetch(`${urlOf(process)}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(MAX_ANSWER_MS),
      });
      json = await answer.json();
    } catch {
      throw new Problem('process-not-running', { process });
    }
    const problem = answer.ok ? undefined : problemFactsOf(json);
    if (problem !== undefined) throw new Problem(problem.code, problem.data);
    const parsed = schema.safeParse(json);
    if (answer.ok && parsed.success) return parsed.data;
    throw new Problem('unexpected-answer', { process, method, path });
  };
}

/** A list as the processes answer it: `{items: […]}`. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) });

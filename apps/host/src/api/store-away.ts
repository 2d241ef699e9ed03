import { Problem } from '@bivak/http-api';
import type { Database } from '../store/index.ts';

/** A connection that failed, PostgreSQL's classes 08 (connection), 53 (no room: disk, memory, connections) and 57P (it ends). */
const awayCodes = /^(08...|53...|57P0.|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE)$/;
const awayWords = /connection terminated|not queryable/i;

/**
 * The store as routes see it: where it is away or full, the caller hears 503 and may ask again; nothing was acknowledged.
 */
export function tellingWhenAway(database: Database): Database {
  const told = async <Result>(work: Promise<Result>): Promise<Result> => {
    try {
      return await work;
    } catch (error) {
      throw isAway(error) ? notAvailable(error) : error;
    }
  };
  return {
    query: (statement) => told(database.query(statement)),
    transaction: (work) => told(database.transaction(work)),
    close: () => database.close(),
  };
}

function isAway(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return awayCodes.test(String(code)) || awayWords.test(String(message));
}

function notAvailable(cause: unknown): Problem {
  const what =
    'The host’s database does not answer now or has no room left. Try again; its log has the cause.';
  const problem = new Problem(503, 'store-not-available', what);
  problem.cause = cause;
  return problem;
}

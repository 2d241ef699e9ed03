import { Problem } from '@bivak/domain';
import type { Database } from '../store/index.ts';

/** A connection that failed, PostgreSQL's classes 08 (connection), 53 (no room: disk, memory, connections) and 57P (it ends). */
const awayCodes = /^(08...|53...|57P0.|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE)$/;
/** What `pg` says, without a code, of a connection that ended. */
const awayMessages = /connection terminated|not queryable/i;

/**
 * The store as routes see it: if it is away or full, the caller gets Problem `store-not-available` and may try again;
 * nothing was acknowledged.
 */
export function withStoreProblems(database: Database): Database {
  const withProblem = async <Result>(work: Promise<Result>): Promise<Result> => {
    try {
      return await work;
    } catch (error) {
      throw isAway(error) ? new Problem('store-not-available', {}, { cause: error }) : error;
    }
  };
  return {
    query: (statement) => withProblem(database.query(statement)),
    onCommit: (act) => database.onCommit(act),
    transaction: (work) => withProblem(database.transaction(work)),
    shared: (part, work) => withProblem(database.shared(part, work)),
    quick: (statement) => withProblem(database.quick(statement)),
    close: () => database.close(),
  };
}

function isAway(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return awayCodes.test(String(code)) || awayMessages.test(String(message));
}

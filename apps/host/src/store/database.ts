import pg from 'pg';
import { PipelinedConnection } from './pipelined-connection.ts';
import type { Queries, Statement } from './queries.ts';
import { type Part, sharedTransactions } from './shared-transactions.ts';
import { StatementNames } from './statement-names.ts';
import { PendingSums } from './sums.ts';
import { inTransaction, sendSums, type Transaction } from './transaction.ts';

// Sums and sequence numbers are bigint in the store and safe integers in the program; a larger one is a bug.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`${text} in the store is no safe integer`);
  return value;
});

export interface Database extends Queries {
  /** Runs `work` in one transaction, committed when it resolves. Never wait for the network in it. */
  transaction<Result>(work: (queries: Transaction) => Promise<Result>): Promise<Result>;
  /**
   * As `transaction`, for what is done many times at once: works that come together, each in a part of its own, share one
   * commit. It resolves when that is durable. A work may be run again if another one failed, so it changes nothing but the store: what follows from it goes to
   * `onCommit`, or is done once this has resolved.
   */
  shared<Result>(part: Part, work: (queries: Transaction) => Promise<Result>): Promise<Result>;
  /**
   * As `query`, for small reads that are made many times: they are parsed once and follow each other on one connection, where a
   * slow one would hold up the others. What it writes is a commit of its own.
   */
  quick: Queries['query'];
  /** Once more is no error. */
  close(): Promise<void>;
}

/**
 * How long the server lets a transaction stand still (real time): its locks must not hold up another host for as long as a
 * machine is frozen or a cable is cut.
 */
const maxIdleInTransactionMs = 60_000;

/** While one shared transaction is made durable, another takes the statements of the next works. */
const sharedLanes = 2;
const maxSharedWorks = 64;

/** Opens a pool of at most `maxConnections`. */
export function openDatabase(url: string, onError: (error: Error) => void, maxConnections = 20): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    keepAlive: true,
    idle_in_transaction_session_timeout: maxIdleInTransactionMs,
  });
  let closing: Promise<void> | undefined;
  // While it closes, the server may end a connection first: nothing is lost with it.
  pool.on('error', (error) => closing === undefined && onError(error));
  // Between two statements of a transaction nobody else listens: the server's end would be the process's. The next
  // statement fails, and the transaction with it.
  pool.on('connect', (client) => client.on('error', () => {}));
  const queryOn =
    (client: pg.Pool | pg.PoolClient): Queries['query'] =>
    async <Row extends object>({ text, values }: Statement) =>
      (await client.query<Row>(text, values)).rows;
  const transaction: Database['transaction'] = async (work) => {
    const client = await pool.connect();
    const order = new StatementOrder(queryOn(client));
    const shared = { send: order.send, sums: new PendingSums(), acts: [] as (() => void)[] };
    try {
      await client.query('begin');
      const result = await inTransaction(work, shared);
      await sendSums(shared);
      await client.query('commit');
      client.release();
      for (const act of shared.acts) act();
      return result;
    } catch (error) {
      await order.ended();
      await client.query('rollback').then(
        () => client.release(),
        // A connection that cannot even roll back is not given to the next one.
        (broken: Error) => client.release(broken),
      );
      throw error;
    }
  };
  const shared = sharedTransactions({
    url,
    lanes: sharedLanes,
    maxWorks: maxSharedWorks,
    runAlone: transaction,
  });
  const reads = new PipelinedConnection(url, new StatementNames());
  return {
    query: queryOn(pool),
    quick: async (statement) => (await reads.connected()).send(statement),
    onCommit: (act) => act(),
    transaction,
    shared: shared.run,
    close: () => {
      closing ??= Promise.all([shared.close(), reads.close()]).then(() => pool.end());
      return closing;
    },
  };
}

/** One statement after the other, also if a work asks for several at once. */
class StatementOrder {
  readonly send: Queries['query'];
  #last: Promise<unknown> = Promise.resolve();

  constructor(send: Queries['query']) {
    this.send = <Row extends object>(statement: Statement) => {
      const sent = this.#last.then(() => send<Row>(statement));
      this.#last = sent.catch(() => {});
      return sent;
    };
  }

  /** Resolves once none is under way any more. */
  async ended(): Promise<void> {
    await this.#last;
  }
}

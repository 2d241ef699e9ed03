import pg from 'pg';

// Sums and sequence numbers are bigint in the store and safe integers in the program; a larger one is a bug.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`${text} in the store is no safe integer`);
  return value;
});

/** SQL text with its parameters. */
export interface Statement {
  text: string;
  values: unknown[];
}

/** Many rows for one `insert … values ${rows(…)}`: one statement and one round trip for a whole batch. */
export class Rows {
  readonly list: readonly (readonly unknown[])[];
  constructor(list: readonly (readonly unknown[])[]) {
    this.list = list;
  }
}
export const rows = (list: readonly (readonly unknown[])[]): Rows => new Rows(list);

/** A statement whose `${values}` become parameters: nothing is ever written into the text. */
export function sql(texts: TemplateStringsArray, ...parameters: unknown[]): Statement {
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const place = (value: unknown): string =>
    value instanceof Rows
      ? value.list.map((row) => `(${row.map(parameter).join(', ')})`).join(', ')
      : parameter(value);
  const text = texts.reduce((before, part, index) => `${before}${place(parameters[index - 1])}${part}`);
  return { text, values };
}

/** What runs statements: the pool, or one transaction. */
export interface Queries {
  query<Row extends object>(statement: Statement): Promise<Row[]>;
  /** Does `act` once what was written is committed: at once outside of a transaction, and never if it fails. */
  onCommit(act: () => void): void;
}

export interface Database extends Queries {
  /** Runs `work` in one transaction, committed when it resolves. Never wait for the network in it. */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>;
  /** Once more is no error. */
  close(): Promise<void>;
}

/**
 * How long the server lets a transaction stand still (real time): its locks must not hold up another host for as long as a
 * machine is frozen or a cable is cut.
 */
const maxIdleInTransactionMs = 60_000;

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
  return {
    query: queryOn(pool),
    onCommit: (act) => act(),
    async transaction(work) {
      const client = await pool.connect();
      const acts: (() => void)[] = [];
      const onCommit = (act: () => void): number => acts.push(act);
      try {
        await client.query('begin');
        const result = await work({ query: queryOn(client), onCommit });
        await client.query('commit');
        client.release();
        for (const act of acts) act();
        return result;
      } catch (error) {
        await client.query('rollback').then(
          () => client.release(),
          // A connection that cannot even roll back is not given to the next one.
          (broken: Error) => client.release(broken),
        );
        throw error;
      }
    },
    close: () => {
      closing ??= pool.end();
      return closing;
    },
  };
}

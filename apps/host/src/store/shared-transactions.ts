import { PipelinedConnection } from './pipelined-connection.ts';
import { StatementNames } from './statement-names.ts';
import { PendingSums } from './sums.ts';
import { inTransaction, type Shared, sendSums, type Transaction } from './transaction.ts';

/** A bucket, of cards, of tills or of taps: what one transaction touches if it is alone. */
export type Part = `card ${number}` | `till ${number}` | `tap ${number}`;

/** Works that came together run in one transaction: they share its commit, and one connection takes their statements. */
export interface SharedTransactions {
  run<Result>(part: Part, work: (queries: Transaction) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface SharedTransactionsOptions {
  url: string;
  /** How many transactions there are at a time, each on a connection of its own. */
  lanes: number;
  /** At most so many works share one. */
  maxWorks: number;
  /** Runs a work in a transaction of its own: what a shared one falls back to. */
  runAlone: <Result>(work: (queries: Transaction) => Promise<Result>) => Promise<Result>;
}

interface Waiting {
  part: Part;
  work: (queries: Transaction) => Promise<unknown>;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
}

/**
 * While one transaction is being committed, the works that arrive gather for the next. Within one transaction no lock keeps
 * two works apart, so there is never more than one for each part at a time, and it stays within that part. If one of them fails, nothing of any is
 * written and each is run once more alone, so that the others do not pay for it: a work therefore changes nothing but the
 * store until it resolves, and what follows from it goes to `onCommit`. Rows are locked in the order in which works ask for
 * them; two transactions that wait for each other's are told apart by the server, and their works then run alone.
 */
export function sharedTransactions(options: SharedTransactionsOptions): SharedTransactions {
  const waiting: Waiting[] = [];
  const names = new StatementNames();
  const lanes = Array.from({ length: options.lanes }, () => new Lane(options, names));
  let closing: Promise<void> | undefined;
  const busy = new Set<Part>();
  /** The next works of as many parts, in the order in which they came. */
  const takeNext = (): Waiting[] => {
    const taken: Waiting[] = [];
    for (let index = 0; index < waiting.length && taken.length < options.maxWorks; ) {
      const next = waiting[index]!;
      if (busy.has(next.part)) index++;
      else {
        busy.add(next.part);
        taken.push(...waiting.splice(index, 1));
      }
    }
    return taken;
  };
  const pulse = (): void => {
    for (const lane of lanes.filter(({ isBusy }) => !isBusy)) {
      const works = takeNext();
      if (works.length === 0) return;
      void lane.run(works).finally(() => {
        for (const { part } of works) busy.delete(part);
        pulse();
      });
    }
  };
  return {
    run: <Result>(part: Part, work: (queries: Transaction) => Promise<Result>) =>
      new Promise<Result>((resolve, reject) => {
        if (closing !== undefined) return reject(new Error('the database is closed'));
        waiting.push({ part, work, resolve: resolve as Waiting['resolve'], reject });
        // What the same turn of the event loop brings goes together.
        if (waiting.length === 1) setImmediate(pulse);
      }),
    close() {
      closing ??= Promise.all(lanes.map((lane) => lane.close())).then(() => {});
      return closing;
    },
  };
}

class Lane {
  readonly #options: SharedTransactionsOptions;
  readonly #connection: PipelinedConnection;
  #running: Promise<void> | undefined;

  constructor(options: SharedTransactionsOptions, names: StatementNames) {
    this.#options = options;
    this.#connection = new PipelinedConnection(options.url, names);
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  run(works: readonly Waiting[]): Promise<void> {
    this.#running = this.#together(works).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async close(): Promise<void> {
    await this.#running;
    await this.#connection.close();
  }

  async #together(works: readonly Waiting[]): Promise<void> {
    const done = await this.#tryTogether(works);
    if (done === 'alone') for (const work of works) await this.#alone(work);
  }

  async #alone({ work, resolve, reject }: Waiting): Promise<void> {
    await this.#options.runAlone(work).then(resolve, reject);
  }

  /** `alone`: nothing was written. If the commit itself fails, nobody knows, and the works are told so. */
  async #tryTogether(works: readonly Waiting[]): Promise<'done' | 'alone'> {
    const pipeline = await this.#connection.connected().catch(() => undefined);
    if (pipeline === undefined) return 'alone';
    const shared: Shared = { send: pipeline.send, sums: new PendingSums(), acts: [] };
    // Were it to fail, so would all that follows.
    pipeline.command('begin').catch(() => {});
    const ends = await Promise.allSettled(works.map(({ work }) => inTransaction(work, shared)));
    if (ends.some(({ status }) => status === 'rejected')) {
      await pipeline.command('rollback').catch(() => pipeline.drop());
      return 'alone';
    }
    try {
      // Not awaited one by one: were they to fail, so would the commit.
      sendSums(shared).catch(() => {});
      // A work that went on after one of its statements had failed: the server has undone everything.
      if ((await pipeline.command('commit')) !== 'COMMIT') return 'alone';
    } catch (error) {
      pipeline.drop();
      for (const { reject } of works) reject(error);
      return 'done';
    }
    for (const act of shared.acts) act();
    for (const [index, end] of ends.entries())
      works[index]!.resolve((end as PromiseFulfilledResult<unknown>).value);
    return 'done';
  }
}

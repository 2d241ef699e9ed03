import type { PaymentState } from '@bivak/domain';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { listAlarms } from '../alarms/alarms.ts';
import type { LateAnswer } from '../banks/index.ts';
import { type LateAnswers, lateAnswers } from '../payments/late-answers.ts';
import { startPaymentAlarms } from '../payments/payment-alarms.ts';
import { type Database, openDatabase, type Worker } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { type FakeBanks, fakeBanks } from './banks.ts';
import { type HandClock, handClock, until } from './clock.ts';
import {
  enrolTestTill,
  readPayment,
  type StoredPayment,
  ship,
  startPayments,
  testContracts,
  testKeyStore,
} from './host-parts.ts';
import { silentLog } from './log.ts';
import { type TestTill, testTill } from './till.ts';

export const minuteMs = 60_000;
export const keys = testKeyStore();

/** One till, scripted banks and payments workers over a database of their own, anew for each test of a file. */
export class PaymentsHarness {
  database!: Database;
  url!: string;
  banks!: FakeBanks;
  clock!: HandClock;
  till!: TestTill;
  readonly workers: Worker[] = [];
  readonly #opened: Database[] = [];

  /** Begins a test. */
  async begin(databases: TestDatabases): Promise<void> {
    ({ database: this.database, url: this.url } = await databases.emptied());
    this.clock = handClock();
    this.banks = fakeBanks(this.clock);
    this.till = testTill('till-1', this.clock.nowMs);
    await enrolTestTill(this.database, this.till, this.clock.nowMs());
  }

  async end(): Promise<void> {
    await Promise.all(this.workers.splice(0).map((worker) => this.stop(worker)));
    await Promise.all(this.#opened.splice(0).map((one) => one.close()));
  }

  /** Ends a worker, with the answers that it still waits for. */
  async stop(worker: Worker): Promise<void> {
    this.banks.debits = () => 'not-sent';
    const ending = worker.stop();
    let isOver = false;
    void ending.then(() => {
      isOver = true;
    });
    await until(() => isOver, this.banks.answerHanging);
  }

  run(options: Partial<Parameters<typeof startPayments>[3]> & { on?: Database } = {}): Worker {
    const { on, ...others } = options;
    const worker = startPayments(on ?? this.database, this.banks, this.clock, { keys, ...others });
    this.workers.push(worker);
    return worker;
  }

  /** Another connection to the same database. */
  open(): Database {
    const database = openDatabase(this.url, () => {}, 5);
    this.#opened.push(database);
    return database;
  }

  /** Moves the clock on, but not while work is under way: on a slow machine every claim would pass before its first write. */
  whenIdle(worker: Worker, byMs: number): () => void {
    return () => {
      if (!worker.isBusy()) this.clock.advance(byMs);
    };
  }

  /** A host of which nothing is left after `crash`, as after kill -9. */
  runMortal(
    hostName: string,
    contracts?: Parameters<typeof startPayments>[3]['contracts'],
  ): { crash: () => void } {
    const host = mortal(this.open());
    startPayments(host.database, this.banks, this.clock, {
      keys,
      hostName,
      ...(contracts === undefined ? {} : { contracts }),
    });
    return host;
  }

  /** An answer of a bank to one of its debits that nobody waits for. */
  lateAnswer(sent: FakeBanks['requests'][number], change: Partial<LateAnswer> = {}): LateAnswer {
    const { stan, rrn, reference } = sent.request;
    return {
      bankId: sent.bankId,
      answers: 'debit',
      messageType: '0210',
      reference,
      stan,
      rrn,
      responseCode: '00',
      authorisationCode: null,
      amountMinor: null,
      bankRrn: null,
      ...change,
    };
  }

  /** Records late answers; the workers of the test look at what they change. */
  lateAnswers(database: Database = this.database): LateAnswers {
    return lateAnswers({
      database,
      clock: this.clock,
      log: silentLog,
      contracts: testContracts,
      onRecorded: () => {
        for (const worker of this.workers) worker.wake();
      },
    });
  }

  /** Records one late answer. */
  async hears(late: LateAnswer): Promise<void> {
    const recorder = this.lateAnswers();
    recorder.take(late);
    await recorder.stop();
  }

  /** Runs what raises and ends the alarms about payments. */
  runAlarms(): Worker {
    const worker = startPaymentAlarms(this.database, this.clock, silentLog);
    this.workers.push(worker);
    return worker;
  }

  /** Kind and state of every alarm, the oldest first. */
  async alarms(): Promise<string[]> {
    const found = await listAlarms(this.database, { state: null, tillId: null }, null, 100);
    return found.toReversed().map(({ kind, state }) => `${kind} ${state}`);
  }

  arrive(): Promise<void> {
    return ship(this.database, this.till, this.clock.nowMs());
  }

  read(id: string): Promise<StoredPayment> {
    return readPayment(this.database, id);
  }

  becomes(id: string, state: PaymentState, between = () => {}): Promise<void> {
    return until(async () => (await this.read(id)).state === state, between);
  }

  async attempts(id: string): Promise<(string | null)[][]> {
    return (await this.read(id)).attempts.map((one) => [one.bankId, one.state, one.cause, one.code]);
  }

  /** What is stored at the moment at which a message is on its way. */
  async whileHanging(id: string): Promise<StoredPayment> {
    await until(() => this.banks.ledger.some(({ reference }) => reference === id));
    return this.read(id);
  }

  /** Kinds of the payment's events, in order. */
  async events(id: string): Promise<string[]> {
    return (await this.read(id)).timeline.map(({ kind }) => kind);
  }
}

/** Sets a harness up for the tests of a file. */
export function paymentsHarness(): PaymentsHarness {
  const harness = new PaymentsHarness();
  let databases: TestDatabases;
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  beforeEach(() => harness.begin(databases));
  afterEach(() => harness.end());
  return harness;
}

/** A database that a host loses when it dies: what was begun ends, nothing else ever comes back. */
function mortal(database: Database): { database: Database; crash: () => void } {
  let isDead = false;
  const never = new Promise<never>(() => {});
  return {
    crash: () => {
      isDead = true;
    },
    database: {
      query: (statement) => (isDead ? never : database.query(statement)),
      quick: (statement) => (isDead ? never : database.quick(statement)),
      onCommit: (act) => act(),
      transaction: (work) => (isDead ? never : database.transaction(work)),
      shared: (part, work) => (isDead ? never : database.shared(part, work)),
      close: () => database.close(),
    },
  };
}

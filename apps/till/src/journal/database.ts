import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

/** Why a till's data could not be opened or written. */
export class JournalError extends Error {
  readonly code: 'in-use' | 'not-durable' | 'not-written' | 'tampered';

  constructor(code: JournalError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JournalError';
    this.code = code;
  }
}

/** Primary result codes of SQLite by which the machine, not the program, is at fault (sqlite.org/rescode.html). */
const machineFaults: Readonly<Record<number, string>> = {
  5: 'another program holds the database',
  6: 'another program holds the database',
  8: 'it may only be read',
  10: 'the disk failed',
  13: 'the disk is full',
  14: 'it cannot be opened',
};

/** What the machine is to blame for in an error of SQLite; undefined where it is none of the machine's. */
function machineFault(error: unknown): string | undefined {
  const { errcode } = error as { errcode?: number };
  return errcode === undefined ? undefined : machineFaults[errcode & 0xff];
}

/** The error as {@link JournalError} `not-written` where the machine is to blame for it, which says how. */
function named(error: unknown): unknown {
  const fault = machineFault(error);
  return fault === undefined
    ? error
    : new JournalError('not-written', `the till’s data cannot be written: ${fault}`, { cause: error });
}

/** Pages of 4096 bytes: 32 MiB, some hundreds of sales without a pause. */
const longestLogPages = 8_192;

/**
 * Opens the till's database so that what is committed survives pulling the battery: write-ahead log, and
 * `synchronous=FULL`, which is set and read back at every open, because a log that is opened again may come back at
 * NORMAL. Throws {@link JournalError}: `not-durable` where SQLite will not have it so, `not-written` where the disk will not.
 */
export function openDatabase(file: string): DatabaseSync {
  try {
    return opened(new DatabaseSync(file), file);
  } catch (error) {
    throw named(error);
  }
}

function opened(database: DatabaseSync, file: string): DatabaseSync {
  // macOS: plain fsync leaves the data in the disk's cache; elsewhere this changes nothing.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;');
  // The log is copied into the database between two sales (see `tidy`); only one that grew past this is copied in a sale.
  database.exec(`PRAGMA wal_autocheckpoint = ${longestLogPages}`);
  const mode = database.prepare('PRAGMA journal_mode').get()?.journal_mode;
  const synchronous = database.prepare('PRAGMA synchronous').get()?.synchronous;
  if (mode !== 'wal' || synchronous !== 2) {
    database.close();
    throw new JournalError(
      'not-durable',
      `${file}: needs journal_mode wal and synchronous 2 (FULL), has ${mode} and ${synchronous}`,
    );
  }
  return database;
}

/**
 * Makes sure that this process alone works in the folder; the returned function gives it free. The lock is the
 * operating system's (through SQLite), so a till that was killed leaves none behind. Throws {@link JournalError}
 * `in-use`, or `not-written` where the folder cannot be written to.
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700); // buyers' phone numbers and the till's key lie in it
  const lock = new DatabaseSync(join(folder, 'till.lock'), { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch (error) {
    lock.close();
    if (machineFault(error) !== machineFaults[5]) throw named(error);
    throw new JournalError(
      'in-use',
      `another till works in ${folder}: stop it first, or name another dataDir`,
    );
  }
  return () => lock.close();
}

/**
 * Runs `work` in one transaction: all of it is on the disk when this returns, or none of it where it throws. Throws
 * {@link JournalError} `not-written` where the disk is full or does not take it.
 */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  try {
    database.exec('BEGIN IMMEDIATE');
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw named(error);
  }
}

/** The first row, read as `Row`: the caller names the columns of its own SQL. */
export function first<Row>(statement: StatementSync, ...values: SQLInputValue[]): Row | undefined {
  return statement.get(...values) as Row | undefined;
}

/** All rows, read as `Row`. */
export function all<Row>(statement: StatementSync, ...values: SQLInputValue[]): Row[] {
  return statement.all(...values) as Row[];
}

import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { StorageFault } from '@bivak/domain';
import { JournalError } from './journal-error.ts';

/** Primary result codes of SQLite for which the machine, not the program, is to blame (sqlite.org/rescode.html). */
const storageFaults: Readonly<Record<number, StorageFault>> = {
  5: 'in-use',
  6: 'in-use',
  8: 'read-only',
  10: 'disk-failed',
  13: 'disk-full',
  14: 'not-openable',
};

/** How the machine failed, if an error of SQLite says so. */
function storageFault(error: unknown): StorageFault | undefined {
  const { errcode } = error as { errcode?: number };
  return errcode === undefined ? undefined : storageFaults[errcode & 0xff];
}

/** The error as {@link JournalError} `not-written` if the machine is to blame for it. */
function asJournalError(error: unknown): unknown {
  const fault = storageFault(error);
  return fault === undefined
    ? error
    : new JournalError({ code: 'not-written', storageFault: fault }, { cause: error });
}

/** Pages of 4096 bytes: 32 MiB, some hundreds of sales without a pause. */
const maxLogPages = 8_192;

/**
 * Opens the till's database so that what is committed survives pulling the battery: write-ahead log, and
 * `synchronous=FULL`, which is set and read back at every open, because a log that is opened again may come back at
 * NORMAL. Throws {@link JournalError}: `not-durable` if SQLite cannot do that here, `not-written` if the disk fails.
 */
export function openDatabase(file: string): DatabaseSync {
  try {
    return makeDurable(new DatabaseSync(file));
  } catch (error) {
    throw asJournalError(error);
  }
}

function makeDurable(database: DatabaseSync): DatabaseSync {
  // macOS: plain fsync leaves the data in the disk's cache; elsewhere this changes nothing.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;');
  // The log is copied into the database between two sales (see `tidy`); only one that grew past this is copied in a sale.
  database.exec(`PRAGMA wal_autocheckpoint = ${maxLogPages}`);
  // What is deleted is overwritten: card data and telephone numbers do not stay in free pages.
  database.exec('PRAGMA secure_delete = ON');
  const journalMode = String(database.prepare('PRAGMA journal_mode').get()?.journal_mode);
  const synchronous = Number(database.prepare('PRAGMA synchronous').get()?.synchronous);
  if (journalMode !== 'wal' || synchronous !== 2) {
    database.close();
    throw new JournalError({ code: 'not-durable', journalMode, synchronous });
  }
  return database;
}

/**
 * Makes sure that this process alone works in the folder; the returned function releases it. The lock is the
 * operating system's (through SQLite), so a till that was killed leaves none behind. Throws {@link JournalError}
 * `in-use`, or `not-written` if the folder cannot be written to.
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700); // buyers' phone numbers and the till's key lie in it
  const lock = new DatabaseSync(join(folder, 'till.lock'), { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch (error) {
    lock.close();
    if (storageFault(error) !== 'in-use') throw asJournalError(error);
    throw new JournalError({ code: 'in-use', folder });
  }
  return () => lock.close();
}

/**
 * Runs `work` in one transaction: all of it is on the disk when this returns, or none of it if it throws. Throws
 * {@link JournalError} `not-written` if the disk is full or fails.
 */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  try {
    database.exec('BEGIN IMMEDIATE');
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw asJournalError(error);
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

/** A code of `Code` as a literal of SQL: a code that is renamed leads the compiler to the statements that name it. */
export const quoted = <Code extends string>(code: NoInfer<Code>): string => `'${code}'`;

import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Held until it is released or the process ends, in whatever way it ends. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes the data folder for this process, or says which process has it (null if that is not known). The operating
 * system's own lock on a database file is used: it goes with the process, also with one that was killed.
 */
export function takeFolder(lockFile: string): FolderLock | { heldBy: number | null } {
  const database = new DatabaseSync(lockFile, { timeout: 0 });
  // A locked database cannot be read by others: who holds it is written beside.
  const holderFile = `${lockFile}.pid`;
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE');
    database.exec('CREATE TABLE IF NOT EXISTS held (once INTEGER)');
    database.exec('COMMIT'); // the exclusive locking mode keeps the lock after the commit
  } catch (error) {
    database.close();
    if (!/locked|busy/i.test((error as Error).message)) throw error;
    return { heldBy: holderOf(holderFile) };
  }
  writeFileSync(holderFile, String(process.pid));
  return { release: () => database.close() };
}

function holderOf(holderFile: string): number | null {
  try {
    return Number(readFileSync(holderFile, 'utf8')) || null;
  } catch {
    return null;
  }
}

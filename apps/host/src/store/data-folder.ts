import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Holds a data folder for this host until `release`, or until the process ends, however it ends. Throws an Error where
 * another host holds it: the second would adopt the first one's database server and take over its claims.
 */
export function holdDataFolder(dataDir: string): { release(): void } {
  mkdirSync(dataDir, { recursive: true });
  // A lock that every system releases when its holder dies: SQLite has one; nothing is stored in the file.
  const lock = new DatabaseSync(join(dataDir, 'held-by-a-host'));
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: unknown }).errcode !== busy) throw error;
    throw new Error(`another host works in ${dataDir}: stop it first, or give this one a dataDir of its own`);
  }
  return { release: () => lock.close() };
}

/** SQLITE_BUSY. */
const busy = 5;

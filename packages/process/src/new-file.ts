import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a file that only its user may read: on the disk as a whole when this returns, or not there at all. A file that is
 * there already stays as it is (a link never replaces one), also if two processes make it in the same moment. Its
 * folder is made if it is missing.
 *
 * @returns false if the file was there already
 */
export function createFile(file: string, content: string): boolean {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Under another name first, so that who loses power meanwhile finds no half a file.
  const begun = `${file}.${process.pid}.new`;
  const handle = openSync(begun, 'w', 0o600);
  writeSync(handle, content);
  fsyncSync(handle);
  closeSync(handle);
  let isNew = true;
  try {
    linkSync(begun, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
    isNew = false;
  }
  rmSync(begun);
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
  return isNew;
}

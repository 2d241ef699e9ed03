import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './layout.ts';
import { writeWhole } from './whole-file.ts';

/** Marks a folder as one that a sandbox has made: only such a folder is ever emptied. */
const markOf = (dataDir: string): string => join(dataDir, 'home.json');

/** Something that the user can put right; its message says how. */
export class NotPossible extends Error {}

/** True where the folder holds what an earlier start of a sandbox has kept. */
export function isHome(dataDir: string): boolean {
  return existsSync(markOf(dataDir));
}

/** Makes a folder the sandbox's own. Throws {@link NotPossible} where it holds other things. */
export function makeHome(dataDir: string): void {
  if (isHome(dataDir)) return;
  if (existsSync(dataDir) && readdirSync(dataDir).length > 0)
    throw new NotPossible(
      `${dataDir} holds other things: say an empty folder, or one that is not there yet.`,
    );
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeWhole(markOf(dataDir), JSON.stringify({ sandbox: 'bivak', project: projectRoot }));
}

/** Removes a folder that {@link makeHome} has made. */
export function removeHome(dataDir: string): void {
  if (isHome(dataDir)) rmSync(dataDir, { recursive: true, force: true });
}

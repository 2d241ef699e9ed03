import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './layout.ts';
import { writeWhole } from './whole-file.ts';

/** Marks a folder as one that a sandbox has made: only such a folder is ever emptied. */
const markOf = (dataDir: string): string => join(dataDir, 'home.json');

/** What the user can put right; how is in the namespace `sandbox` of `@bivak/messages`. */
export type NotPossibleCode = 'folder-in-use' | 'reset-while-running' | 'holds-other-things';

export class NotPossible extends Error {
  readonly code: NotPossibleCode;
  readonly facts: { folder: string; process: string };
  constructor(code: NotPossibleCode, { folder, process = '?' }: { folder: string; process?: string }) {
    super(`${code} ${folder}`);
    this.code = code;
    this.facts = { folder, process };
  }
}

/** True if the folder holds what an earlier start of a sandbox has kept. */
export function isHome(dataDir: string): boolean {
  return existsSync(markOf(dataDir));
}

/** Makes a folder the sandbox's own. Throws {@link NotPossible} if it holds other things. */
export function makeHome(dataDir: string): void {
  if (isHome(dataDir)) return;
  if (existsSync(dataDir) && readdirSync(dataDir).length > 0)
    throw new NotPossible('holds-other-things', { folder: dataDir });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeWhole(markOf(dataDir), JSON.stringify({ sandbox: 'bivak', project: projectRoot }));
}

/** Removes a folder that {@link makeHome} has made. */
export function removeHome(dataDir: string): void {
  if (isHome(dataDir)) rmSync(dataDir, { recursive: true, force: true });
}

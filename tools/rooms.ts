import { dirname, join, normalize } from 'node:path';
import { isTest, type SourceFile, sources } from '../tests/architecture/source-tree.ts';

/** Whose folders are drawn: the title, the folder of the house, and what is drawn as one box at its edge. */
const houses = [
  { title: 'The packages', folder: 'packages', withPackages: false },
  { title: 'The host', folder: 'apps/host/src', withPackages: false },
  { title: 'The till', folder: 'apps/till/src', withPackages: false },
] as const;

type Edges = ReadonlyMap<string, ReadonlySet<string>>;

/** Who imports whom, read from the code: a Mermaid picture of each house, arrows that follow from others left out. */
export function roomsPictures(): string {
  const files = sources().filter(({ path }) => /^(apps|packages)\//.test(path) && !isTest(path));
  return houses
    .map(({ title, folder }) => {
      const edges = withoutShortcuts(edgesIn(folder, files));
      const lines = [...edges].flatMap(([from, to]) => [...to].map((target) => `  ${from} --> ${target}`));
      return [`### ${title}`, '', '```mermaid', 'flowchart TD', ...lines.toSorted(), '```'].join('\n');
    })
    .join('\n\n');
}

const importPattern = /(?:from|import)\s*\(?\s*'([^']+)'/g;

function edgesIn(house: string, files: readonly SourceFile[]): Edges {
  const edges = new Map<string, Set<string>>();
  for (const { path, text } of files) {
    const from = roomOf(house, path);
    if (from === undefined) continue;
    for (const [, name] of text.matchAll(importPattern)) {
      const to = roomOf(house, targetOf(path, name!));
      if (to !== undefined && to !== from) edges.set(from, (edges.get(from) ?? new Set()).add(to));
    }
  }
  return edges;
}

const targetOf = (path: string, name: string): string =>
  name.startsWith('.')
    ? normalize(join(dirname(path), name))
    : name.replace(/^@bivak\/([\w-]+).*$/, 'packages/$1/src/index.ts');

/** The folder of a house in which a file lies; undefined for a file at its root or outside. */
function roomOf(house: string, path: string): string | undefined {
  if (!path.startsWith(`${house}/`)) return undefined;
  const [room, inside] = path.slice(house.length + 1).split('/');
  return inside === undefined ? undefined : room;
}

/** The edges without those that a longer way shows already: a picture of everything shows nothing. */
function withoutShortcuts(edges: Edges): Edges {
  const reaches = (from: string, to: string, skipped: string): boolean =>
    [...(edges.get(from) ?? [])].some(
      (next) => !(from === skipped && next === to) && (next === to || reaches(next, to, skipped)),
    );
  return new Map(
    [...edges].map(([from, to]) => [from, new Set([...to].filter((target) => !reaches(from, target, from)))]),
  );
}

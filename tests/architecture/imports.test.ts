import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { screens, sharedSources } from '../../tools/build.ts';
import { type Cruise, importRules, readImports, roomRule, unlistedRooms } from './import-rules.ts';
import { houses } from './rooms.ts';
import { isTest, root } from './source-tree.ts';

const folders = ['packages', 'apps', 'tools', 'tests', 'bench'];

/** For each rule, a tree that breaks it: a rule that cannot fail would hold nothing. */
const breaking: Record<string, Record<string, string>> = {
  'packages never import apps': {
    'packages/rules/src/a.ts': "import { x } from '../../../apps/till/src/sale/sale.ts';",
    'apps/till/src/sale/sale.ts': 'export const x = 1;',
  },
  'apps never import each other': {
    'apps/console/src/a.ts': "import type { X } from '../../host/src/x.ts';",
    'apps/host/src/x.ts': 'export type X = 1;',
  },
  'the simulated world shares no decision with what it tests': {
    'apps/sandbox/src/banks/a.ts': "import { decide } from '@bivak/rules';",
    'packages/rules/src/index.ts': 'export const decide = 1;',
  },
  'a simulated bank shares a codec, a layout and the shapes of its API with the host, and nothing else': {
    'apps/sandbox/src/bank-mind/a.ts': "import { classes } from '@bivak/domain';",
    'packages/domain/src/index.ts': 'export const classes = 1;',
  },
  'decisions and codecs import nothing that does I/O': {
    'packages/rules/src/a.ts': "import { readFileSync } from 'node:fs';",
  },
  'imports make no circle': {
    'packages/rules/src/index.ts': "import { b } from '@bivak/money';",
    'packages/money/src/index.ts': "export * from './a.ts';",
    'packages/money/src/a.ts': "import { a } from '@bivak/rules'; import { b } from './b.ts';",
    'packages/money/src/b.ts': "import type { c } from './a.ts'; export const b = 1;",
  },
  'what is imported is there': {
    'apps/host/src/payments/a.ts': "import { gone } from './gone.ts';",
  },
  'a room of apps/host/src imports none of the files that put the rooms together': {
    'apps/host/src/payments/a.ts': "import { startHost } from '../host.ts';",
    'apps/host/src/host.ts': 'export const startHost = 1;',
  },
  'a room of apps/till/src imports none of the files that put the rooms together': {
    'apps/till/src/sale/a.ts': "import { startTill } from '../till.ts';",
    'apps/till/src/till.ts': 'export const startTill = 1;',
  },
  ...Object.fromEntries(
    Object.entries(houses).flatMap(([house, rooms]) => Object.keys(rooms).map((room) => breach(house, room))),
  ),
};

/** A room that imports a room which it may not know (in the packages, where one knows a few, the last that it does not). */
function breach(house: string, room: string): [string, Record<string, string>] {
  const rooms = houses[house]!;
  const unknown =
    Object.keys(rooms).findLast((one) => one !== room && !rooms[room]!.includes(one)) ?? 'attic';
  const source = house === 'packages' ? '/src' : '';
  const way = house === 'packages' ? `../../${unknown}/src/b.ts` : `../${unknown}/b.ts`;
  return [
    roomRule(house, room),
    {
      [`${house}/${room}${source}/a.ts`]: `import type { B } from '${way}';`,
      [`${house}/${unknown}${source}/b.ts`]: 'export type B = 1;',
    },
  ];
}

describe('the imports', () => {
  let tree: Cruise;
  const samples = mkdtempSync(join(tmpdir(), 'bivak-imports-'));
  beforeAll(async () => {
    tree = await readImports(root, folders);
  });
  afterAll(() => rmSync(samples, { recursive: true }));

  it('keep every rule of rooms.ts and import-rules.ts', () => {
    expect(tree.breaches).toEqual([]);
  });

  it('go to and from rooms that say whom they may know', () => {
    expect(unlistedRooms(tree.files.map(({ path }) => path))).toEqual([]);
    expect(unlistedRooms(['apps/till/src/attic/c.ts', 'apps/till/src/till.ts'])).toEqual([
      'apps/till/src/attic',
    ]);
  });

  it.each(importRules.map(({ name }) => name))('notice a breach: %s', async (name) => {
    const files = breaking[name];
    expect(files, 'a tree that breaks the rule').toBeDefined();
    const folder = mkdtempSync(join(samples, 'tree-'));
    writeTree(folder, files!);
    const { breaches } = await readImports(folder, ['.']);
    expect(breaches.filter((one) => one.startsWith(`${name}: `))).not.toEqual([]);
  });

  it('make no circle by types, which are gone at run time', async () => {
    const folder = mkdtempSync(join(samples, 'types-'));
    writeTree(folder, {
      'packages/money/src/a.ts': "import type { B } from './b.ts'; export const a = 1;",
      'packages/money/src/b.ts': "import { a } from './a.ts'; export type B = typeof a;",
    });
    expect((await readImports(folder, ['.'])).breaches).toEqual([]);
  });

  it('of a screen are all looked at when it is decided whether to build it again', () => {
    const isKnown = (path: string): boolean =>
      [...screens.map(({ source }) => source), ...sharedSources].some(
        (source) => path === source || path.startsWith(`${source}/`),
      );
    const unknown = tree.files
      .filter(({ path }) => isKnown(path) && !isTest(path) && !/\.config\.ts$/.test(path))
      .flatMap(({ path, imports }) =>
        imports
          .filter((one) => /^(apps|packages)\//.test(one.path) && !isKnown(one.path))
          .map((one) => `${path}: ${one.path} is not in sharedSources of tools/build.ts`),
      );
    expect(unknown).toEqual([]);
  });
});

/** A project in little, its packages linked as npm links those of a workspace. */
function writeTree(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, 'node_modules', '@bivak'), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    const [, name] = /^packages\/([^/]+)\/src\/index\.ts$/.exec(path) ?? [];
    if (name === undefined) continue;
    const manifest = { name: `@bivak/${name}`, type: 'module', exports: { '.': './src/index.ts' } };
    writeFileSync(join(folder, 'packages', name, 'package.json'), JSON.stringify(manifest));
    symlinkSync(join(folder, 'packages', name), join(folder, 'node_modules', '@bivak', name));
  }
}

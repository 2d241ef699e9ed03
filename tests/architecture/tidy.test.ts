import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { screens, sharedSources } from '../../tools/build.ts';
import { houseRules } from './rules.ts';
import {
  importsOf,
  isTest,
  root,
  type SourceFile,
  sources,
  trackedPaths,
  valueImportsOf,
} from './source-tree.ts';

const file = (path: string, text: string): SourceFile => ({
  path,
  text,
  imports: importsOf(path, text),
  valueImports: valueImportsOf(path, text),
});

/** The npm package of an import; undefined for Node's own modules and for files of the project. */
const packageOf = (name: string): string | undefined =>
  /^(node:|apps\/|packages\/|tools\/|tests\/|data\/|\.)/.test(name)
    ? undefined
    : /^(@[^/]+\/)?[^/]+/.exec(name)![0];

/** For each rule, a tree that breaks it: a rule that cannot fail would hold nothing. */
const breaking: Record<string, SourceFile[]> = {
  'packages never import apps, and apps never import each other': [
    file('packages/rules/src/a.ts', "import { x } from '../../../apps/till/src/sale/sale.ts';"),
    file('apps/console/src/b.ts', "import { y } from '@bivak/host';"),
  ],
  'decisions and codecs do no I/O and read neither clock nor chance': [
    file('packages/rules/src/a.ts', "import { readFileSync } from 'node:fs';"),
    file('packages/rules/src/b.ts', 'const now = Date.now();'),
    file('packages/fiscal/src/c.ts', 'const pair = generateKeyPairSync("ed25519");'),
    file('packages/iso8583/src/d.ts', 'console.log("seen");'),
  ],
  'time comes from the clock port (a line that needs real time says why in a comment "real time: …")': [
    file('apps/till/src/sale/a.ts', 'const now = Date.now();'),
    file('apps/host/src/payments/b.ts', 'setTimeout(() => {}, 5);'),
  ],
  'nothing at module level remembers anything': [
    file('apps/host/src/payments/a.ts', 'let last = 0;'),
    file('apps/host/src/payments/b.ts', 'const seen: Map<string, number> = new Map();'),
    file('apps/host/src/payments/c.ts', 'const seen = new Map<string, Map<string, number>>();'),
    file('apps/host/src/payments/d.ts', 'export const byId: Record<string, number> = {};'),
    file('apps/host/src/payments/e.ts', 'class Seen {\n  static last = 0;\n}'),
  ],
  'every file of packages/rules has a test beside it': [
    file('packages/rules/src/alone.ts', 'export const x = 1;'),
  ],
  'a file does one thing: no file over 500 lines': [file('apps/host/src/long.ts', 'x\n'.repeat(501))],
  'a room imports only the rooms that it may know': [
    file('apps/host/src/payments/a.ts', "import { x } from '../recovery/worker.ts';"),
    file('apps/till/src/journal/a.ts', "import { x } from '../sale/sale.ts';"),
    file('apps/till/src/journal/b.ts', "import { x } from '../uplink/uplink.ts';"),
    file('apps/till/src/attic/c.ts', 'export const x = 1;'),
  ],
  'the simulated world shares codecs and contracts with what it tests, and no decision': [
    file('apps/sandbox/src/banks/a.ts', "import { decideNextStep } from '@bivak/rules';"),
  ],
  'imports make no circle': [
    file('packages/rules/src/index.ts', "import { b } from '@bivak/money';"),
    file('packages/money/src/index.ts', "export * from './a.ts';"),
    file('packages/money/src/a.ts', "import { a } from '@bivak/rules';"),
  ],
};

describe('the house', () => {
  const files = sources();

  it.each(houseRules)('$says', ({ breaches }) => {
    expect(breaches(files)).toEqual([]);
  });

  it.each(houseRules)('notices a breach of: $says', ({ says, breaches }) => {
    const samples = breaking[says];
    expect(samples, 'a sample that breaks the rule').toBeDefined();
    for (const sample of samples!) {
      const alone = says === 'imports make no circle' ? samples! : [sample];
      expect(breaches(alone).length).toBeGreaterThan(0);
    }
  });

  it('speaks of itself alone: no path of a machine, no registry’s host name', () => {
    const forbidden = new RegExp(['/(work|root|home|tmp)', '/|registry', '\\.npmjs|deb\\.debian'].join(''));
    // A folder of a source tree, as in an import from './home/…', is nobody's.
    const found = [...trackedPaths(/.(?<!\.png)$/), 'package-lock.json'].filter((path) =>
      forbidden.test(readFileSync(join(root, path), 'utf8').replaceAll(/from '\.[^']*'/g, '')),
    );
    expect(found).toEqual([]);
  });

  it('locks every package by what is in it, not by where it came from', () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { link?: boolean; integrity?: string; resolved?: string }>;
    };
    const fetched = Object.entries(packages).filter(
      ([path, { link }]) => path.includes('node_modules/') && link !== true,
    );
    expect(fetched.length).toBeGreaterThan(100);
    const loose = fetched.filter(([, one]) => one.integrity === undefined || one.resolved !== undefined);
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  it('builds a screen again when anything that it is made of has changed', () => {
    const isKnown = (path: string): boolean =>
      [...screens.map(({ source }) => source), ...sharedSources].some((folder) =>
        path.startsWith(`${folder}/`),
      );
    const unknown = files
      .filter(({ path }) => isKnown(path) && !isTest(path) && !/\.config\.ts$/.test(path))
      .flatMap(({ path, imports }) =>
        imports
          .map((name) => name.replace(/^@bivak\/([\w-]+)$/, 'packages/$1/src/index.ts'))
          .filter((name) => /^(apps|packages)\//.test(name) && !isKnown(name))
          .map((name) => `${path}: ${name} is not in sharedSources of tools/build.ts`),
      );
    expect(unknown).toEqual([]);
  });

  it('lets every part declare what it imports, and nothing else', () => {
    const shared = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies);
    const wrong = trackedPaths(/^(apps|packages)\/[^/]+\/package\.json$/).flatMap((manifest) => {
      const { name, dependencies, devDependencies } = JSON.parse(readFileSync(join(root, manifest), 'utf8'));
      const own = files.filter(({ path }) => path.startsWith(`${dirname(manifest)}/`));
      const declared = Object.keys({ ...dependencies, ...devDependencies });
      const imported = own.flatMap(({ path, imports }) =>
        imports.map(packageOf).filter((one) => one !== undefined && !(isTest(path) && shared.includes(one))),
      );
      const missing = [...new Set(imported)].filter((one) => one !== name && !declared.includes(one!));
      const idle = declared.filter(
        (one) => !own.some(({ text }) => new RegExp(`['"]${one}['"/]`).test(text)),
      );
      return [
        ...missing.map((one) => `${manifest}: ${one} is imported and not declared`),
        ...idle.map((one) => `${manifest}: ${one} is declared and not imported`),
      ];
    });
    expect(wrong).toEqual([]);
  });

  it('pins every version', () => {
    const loose = trackedPaths(/package\.json$/).flatMap((path) => {
      const {
        dependencies = {},
        devDependencies = {},
        optionalDependencies = {},
      } = JSON.parse(readFileSync(join(root, path), 'utf8'));
      return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
        .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version as string))
        .map(([name, version]) => `${path}: ${name} ${version}`);
    });
    expect(loose).toEqual([]);
  });
});

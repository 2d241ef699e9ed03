import { cruise, type ICruiseOptions, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { houses, packagesWithIo, type Rooms, sharedFiles, unknownToSandbox } from './rooms.ts';

/** A rule about imports, as dependency-cruiser takes it. `name` is the sentence that is broken. */
export type ImportRule = IForbiddenRuleType & { name: string };

const notCode = '\\.test\\.tsx?$|/testing/';
const anyOf = (names: readonly string[]): string => `(?:${names.join('|')})`;
const purePackages = Object.keys(houses.packages!).filter((name) => !packagesWithIo.includes(name));

/** The name of the rule that says whom a room may know. */
export const roomRule = (house: string, room: string): string =>
  `${house}/${room} imports only the rooms that it may know`;

const roomRules = ([house, rooms]: [string, Rooms]): ImportRule[] =>
  Object.entries(rooms).flatMap(([room, known]) => [
    {
      name: roomRule(house, room),
      from: { path: `^${house}/${room}/`, pathNot: notCode },
      to: { path: `^${house}/[^/]+/`, pathNot: `^${house}/${anyOf([room, ...known])}/` },
    },
  ]);

const rootFileRules = ([house, shared]: [string, readonly string[]]): ImportRule => ({
  name: `a room of ${house} imports none of the files that put the rooms together`,
  from: { path: `^${house}/[^/]+/`, pathNot: notCode },
  to: { path: `^${house}/[^/]+$`, pathNot: `^${house}/${anyOf(shared)}$` },
});

export const importRules: readonly ImportRule[] = [
  {
    name: 'packages never import apps',
    from: { path: '^packages/' },
    to: { path: '^apps/' },
  },
  {
    name: 'apps never import each other',
    from: { path: '^apps/([^/]+)/' },
    to: { path: '^apps/', pathNot: '^apps/$1/' },
  },
  {
    name: 'the simulated world shares no decision with what it tests',
    from: { path: '^apps/sandbox/' },
    to: { path: `^${anyOf(unknownToSandbox)}` },
  },
  {
    name: 'a simulated bank shares a codec, a layout and the shapes of its API with the host, and nothing else',
    from: { path: '^apps/sandbox/src/bank-mind/', pathNot: notCode },
    to: { path: '^packages/', pathNot: '^packages/(bank-profiles|card|contracts|iso8583|mac)/' },
  },
  {
    name: 'decisions and codecs import nothing that does I/O',
    from: { path: `^packages/${anyOf(purePackages)}/src/`, pathNot: notCode },
    to: {
      dependencyTypesNot: ['local', 'localmodule', 'aliased-workspace'],
      path: ['^(node:)?[a-z_]+$', 'node_modules/'],
      pathNot: ['^(node:)?(crypto|buffer|util)$', 'node_modules/(zod|canonicalize|iconv-lite|i18next)/'],
    },
  },
  {
    name: 'imports make no circle',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'what is imported is there',
    from: {},
    to: { couldNotResolve: true },
  },
  ...Object.entries(sharedFiles).map(rootFileRules),
  ...Object.entries(houses).flatMap(roomRules),
];

/** A file and what it imports: paths from the root, or names of modules. */
export interface Importing {
  path: string;
  imports: { path: string; isTypeOnly: boolean }[];
}

export interface Cruise {
  /** "rule: path → path" for each breach. */
  breaches: string[];
  files: Importing[];
}

const resolving = { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] };

/** Reads who imports whom in a tree, and holds it to {@link importRules}. */
export async function readImports(root: string, folders: readonly string[]): Promise<Cruise> {
  const options: ICruiseOptions = {
    baseDir: root,
    // The only parser of TypeScript that dependency-cruiser has beside TypeScript's own up to version 6.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    validate: true,
    ruleSet: { forbidden: importRules.map((rule) => ({ ...rule, severity: 'error' })) },
  };
  const { output } = await cruise([...folders], options, resolving);
  const { modules, summary } = output as ICruiseResult;
  return {
    breaches: summary.violations.map(
      ({ rule, from, to, cycle }) =>
        `${rule.name}: ${[from, ...(cycle?.map(({ name }) => name) ?? [to])].join(' → ')}`,
    ),
    files: modules.map(({ source, dependencies }) => ({
      path: source,
      imports: dependencies.map(({ resolved, dependencyTypes }) => ({
        path: resolved,
        isTypeOnly: dependencyTypes.includes('type-only'),
      })),
    })),
  };
}

/** Folders of a house that say nowhere whom they may know. */
export const unlistedRooms = (paths: readonly string[]): string[] => [
  ...new Set(
    Object.entries(houses).flatMap(([house, rooms]) =>
      paths
        .filter((path) => path.startsWith(`${house}/`) && !new RegExp(notCode).test(path))
        .map((path) => /^([^/]+)\//.exec(path.slice(house.length + 1))?.[1])
        .filter((room) => room !== undefined && rooms[room] === undefined)
        .map((room) => `${house}/${room}`),
    ),
  ),
];

import { isTest, type SourceFile } from './source-tree.ts';

/** A rule of the house: what it says, and the places that break it. */
export interface HouseRule {
  says: string;
  /** "path: what is wrong" for each breach. */
  breaches: (files: readonly SourceFile[]) => string[];
}

const purePackages =
  /^packages\/(rules|lifecycle|money|card|iso8583|fiscal|journal|stoplist|words|contracts)\/src\//;
/** Pure computation of Node's that a codec or a decision may use: the same bytes in, the same bytes out. */
const pureModules =
  /^(node:crypto|node:buffer|node:util|@bivak\/(?!process|http-api|screen).*|zod|canonicalize|iconv-lite)$/;
const impure =
  /\b(Date\.now\b|new Date\(\)|performance\.|Temporal\.Now\b|Math\.random\b|set(Timeout|Interval|Immediate)\b|random(Bytes|Int|UUID|FillSync)\b|getRandomValues\b|generateKey(Pair)?(Sync)?\b|process\.|fetch\(|console\.(log|info|warn|error)\b)/;
const systemTime =
  /\b(Date\.now\(|new Date\(\)|performance\.now\(|hrtime\b|Temporal\.Now\b|setTimeout\(|setInterval\()/;
/** Places that may look at the machine's own time, each with its reason. */
const systemTimeAllowed: readonly { path: RegExp; because: string }[] = [
  { path: /^packages\/clock\//, because: 'it is the clock' },
  { path: /^packages\/process\//, because: 'a process that does not stop is ended by real time' },
  {
    path: /^packages\/screen\/|^apps\/[^/]+\/(screen|panel)\//,
    because: 'a browser has its own time and shows the server’s',
  },
  {
    path: /^apps\/sandbox\/src\/(clock|world|main\.ts)/,
    because: 'it makes the sandbox’s clock and waits for real processes',
  },
  {
    path: /^apps\/host\/src\/store\/(embedded|stop-database)/,
    because: 'it waits for the database server’s real process',
  },
  { path: /^apps\/cli\//, because: 'it starts real processes' },
];

const code = (files: readonly SourceFile[]): SourceFile[] =>
  files.filter(({ path }) => /^(packages|apps)\//.test(path) && !isTest(path));
const linesMatching = (file: SourceFile, pattern: RegExp): string[] =>
  file.text
    .split('\n')
    .flatMap((line, index) =>
      pattern.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line) && !line.includes('real time:')
        ? [`${file.path}:${index + 1}: ${line.trim().slice(0, 90)}`]
        : [],
    );
const appOf = (path: string): string | undefined => /^apps\/([^/]+)\//.exec(path)?.[1];

const packagesKnowNoApps: HouseRule = {
  says: 'packages never import apps, and apps never import each other',
  breaches: (files) =>
    files
      .filter(({ path }) => /^(packages|apps)\//.test(path))
      .flatMap(({ path, imports }) =>
        imports.filter((name) => reachesAnotherApp(path, name)).map((name) => `${path}: imports ${name}`),
      ),
};

function reachesAnotherApp(path: string, name: string): boolean {
  const target = appOf(name) ?? /^@bivak\/(till|host|console|sandbox|cli)(\/|$)/.exec(name)?.[1];
  return target !== undefined && target !== appOf(path);
}

const decisionsArePure: HouseRule = {
  says: 'decisions and codecs do no I/O and read neither clock nor chance',
  breaches: (files) =>
    code(files)
      .filter(({ path }) => purePackages.test(path) && !path.endsWith('/shared-clock.ts'))
      .flatMap((file) => [
        ...file.imports
          .filter((name) => !name.startsWith('packages/') && !pureModules.test(name))
          .map((name) => `${file.path}: imports ${name}`),
        ...linesMatching(file, impure),
      ]),
};

const timeComesFromTheClock: HouseRule = {
  says: 'time comes from the clock port (a line that needs real time says why in a comment "real time: …")',
  breaches: (files) =>
    code(files)
      .filter(({ path }) => !systemTimeAllowed.some((allowed) => allowed.path.test(path)))
      .flatMap((file) => linesMatching(file, systemTime)),
};

/** What can be changed later: a variable, or a collection that begins empty (one that is filled at once is a table). */
const moduleState =
  /^(export )?(let |var |const \w+(: [^=]+)? = (new (Map|Set|WeakMap|WeakSet|Array)(<.*>)?\(\)|\{\}|\[\])( as .*)?;)|^\s+static (?!readonly )[#\w]+( *:[^=(]+)?( =|;)/;

const nothingRemembersAtModuleLevel: HouseRule = {
  says: 'nothing at module level remembers anything',
  breaches: (files) => code(files).flatMap((file) => linesMatching(file, moduleState)),
};

const rulesHaveTests: HouseRule = {
  says: 'every file of packages/rules has a test beside it',
  breaches: (files) => {
    const paths = new Set(files.map(({ path }) => path));
    return [...paths].filter(
      (path) =>
        /^packages\/rules\/src\/.*\.ts$/.test(path) &&
        !/(\.test|\/index|\/types)\.ts$/.test(path) &&
        !paths.has(path.replace(/\.ts$/, '.test.ts')),
    );
  },
};

const filesStayReadable: HouseRule = {
  says: 'a file does one thing: no file over 500 lines',
  breaches: (files) =>
    code(files)
      .filter(({ text }) => text.split('\n').length > 500)
      .map(({ path, text }) => `${path}: ${text.split('\n').length} lines`),
};

/** Who may know whom: each room and the rooms that it may import. Every folder of a house is listed. */
const roomsOf: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'apps/host/src': {
    api: ['recovery', 'payments', 'notices', 'banks', 'fleet', 'intake', 'stoplist', 'store', 'keys'],
    'cardholder-page': ['recovery', 'store', 'keys'],
    recovery: ['payments', 'notices', 'stoplist', 'store', 'keys'],
    payments: ['banks', 'intake', 'store', 'keys', 'fleet'],
    notices: ['store', 'keys'],
    fleet: ['intake', 'stoplist', 'store', 'keys'],
    stoplist: ['store', 'keys'],
    intake: ['store', 'keys'],
    banks: [],
    store: [],
    keys: ['store'],
  },
  'apps/till/src': {
    api: [
      'status',
      'report',
      'uplink',
      'sale',
      'shift',
      'stoplist',
      'limits',
      'fiscal',
      'card',
      'receipt',
      'journal',
    ],
    status: ['sale', 'uplink', 'shift', 'stoplist', 'limits', 'fiscal', 'card', 'journal'],
    uplink: ['journal', 'enrolment', 'sale', 'stoplist', 'limits', 'fiscal'],
    sale: ['journal', 'fiscal', 'card', 'receipt', 'limits', 'stoplist', 'shift'],
    report: ['journal', 'receipt', 'sale'],
    shift: ['journal', 'fiscal'],
    enrolment: ['journal'],
    stoplist: ['journal'],
    limits: ['journal'],
    journal: [],
    fiscal: [],
    card: [],
    receipt: [],
  },
};

const roomsKnowTheirNeighbours: HouseRule = {
  says: 'a room imports only the rooms that it may know',
  breaches: (files) =>
    code(files).flatMap(({ path, imports }) =>
      Object.entries(roomsOf).flatMap(([house, rooms]) => {
        const room = roomIn(house, path);
        if (room === undefined) return [];
        const may = rooms[room];
        if (may === undefined) return [`${path}: say in roomsOf whom ${room} may know`];
        return imports
          .map((name) => ({ name, target: roomIn(house, name) }))
          .filter(({ target }) => target !== undefined && target !== room && !may.includes(target))
          .map(({ name, target }) => `${path}: ${room} may not know ${target} (${name})`);
      }),
    ),
};

const roomIn = (house: string, path: string): string | undefined =>
  path.startsWith(`${house}/`) ? /^([^/]+)\//.exec(path.slice(house.length + 1))?.[1] : undefined;

const simulationHasItsOwnMind: HouseRule = {
  says: 'the simulated world shares codecs and contracts with what it tests, and no decision',
  breaches: (files) =>
    files
      .filter(({ path }) => path.startsWith('apps/sandbox/'))
      .flatMap(({ path, imports }) =>
        imports
          .filter((name) => /^@bivak\/(rules|journal|lifecycle|host|till)(\/|$)/.test(name))
          .map((name) => `${path}: imports ${name}`),
      ),
};

const entryOf = (name: string): string =>
  name.replace(/^@bivak\/([\w-]+)$/, (_, folder: string) => `packages/${folder}/src/index.ts`);

const noCirclesBetweenFiles: HouseRule = {
  says: 'imports make no circle',
  breaches: (files) => {
    const graph = new Map(
      code(files).map(({ path, valueImports }) => [
        path,
        valueImports.map(entryOf).filter((name) => /^(packages|apps)\//.test(name)),
      ]),
    );
    const done = new Set<string>();
    const found: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) {
        found.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
        return;
      }
      if (done.has(path)) return;
      for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of graph.keys()) visit(path, []);
    return found;
  },
};

export const houseRules: readonly HouseRule[] = [
  packagesKnowNoApps,
  decisionsArePure,
  timeComesFromTheClock,
  nothingRemembersAtModuleLevel,
  rulesHaveTests,
  filesStayReadable,
  roomsKnowTheirNeighbours,
  simulationHasItsOwnMind,
  noCirclesBetweenFiles,
];

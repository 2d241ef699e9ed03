import { packagesWithIo } from './rooms.ts';
import { isTest, type SourceFile } from './source-tree.ts';
import { literalsOf } from './syntax.ts';

/** A rule about what stands in a file: what it says, and the places that break it. */
export interface CodeRule {
  says: string;
  /** "path: what is wrong" for each breach. */
  breaches: (files: readonly SourceFile[]) => string[];
}

const isPure = (path: string): boolean =>
  path.startsWith('packages/') && !packagesWithIo.some((name) => path.startsWith(`packages/${name}/`));
const impure =
  /\b(Date\.now\b|new Date\(\)|performance\.|Temporal\.Now\b|Math\.random\b|set(Timeout|Interval|Immediate)\b|random(Bytes|Int|UUID|FillSync)\b|getRandomValues\b|generateKey(Pair)?(Sync)?\b|(?<!-)process\.|fetch\(|console\.(log|info|warn|error)\b)/;
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
  {
    path: /^apps\/host\/src\/lines\/shared-lines\.ts$/,
    because: 'a clock that jumps takes no connection from a host that lives',
  },
  { path: /^apps\/cli\//, because: 'it starts real processes' },
  { path: /^apps\/sandbox\/src\/scenario\/pace\.ts$/, because: 'it polls real processes' },
  {
    path: /^apps\/till\/src\/uplink\/uplink\.ts$/,
    because: 'it waits a moment of real time too, so that a fast clock makes no busy loop',
  },
];

const code = (files: readonly SourceFile[]): SourceFile[] =>
  files.filter(({ path }) => /^(packages|apps)\//.test(path) && !isTest(path));
const linesMatching = (file: SourceFile, pattern: RegExp): string[] =>
  file.text
    .split('\n')
    .flatMap((line, index) =>
      pattern.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line)
        ? [`${file.path}:${index + 1}: ${line.trim().slice(0, 90)}`]
        : [],
    );
const decisionsArePure: CodeRule = {
  says: 'decisions and codecs read neither clock nor chance, and do no I/O',
  breaches: (files) =>
    code(files)
      .filter(({ path }) => isPure(path))
      .flatMap((file) => linesMatching(file, impure)),
};

const timeComesFromTheClock: CodeRule = {
  says: 'time comes from the clock port',
  breaches: (files) =>
    code(files)
      .filter(({ path }) => !systemTimeAllowed.some((allowed) => allowed.path.test(path)))
      .flatMap((file) => linesMatching(file, systemTime)),
};

/** What can be changed later: a variable, or a collection that begins empty (one that is filled at once is a table). */
const moduleState =
  /^(export )?(let |var |const \w+(: [^=]+)? = (new (Map|Set|WeakMap|WeakSet|Array)(<.*>)?\(\)|\{\}|\[\])( as .*)?;)|^\s+static (?!readonly )[#\w]+( *:[^=(]+)?( =|;)/;

const nothingRemembersAtModuleLevel: CodeRule = {
  says: 'nothing at module level remembers anything',
  breaches: (files) => code(files).flatMap((file) => linesMatching(file, moduleState)),
};

const rulesHaveTests: CodeRule = {
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

const filesStayReadable: CodeRule = {
  says: 'a file does one thing: no file over 500 lines',
  breaches: (files) =>
    code(files)
      .filter(({ text }) => text.split('\n').length > 500)
      .map(({ path, text }) => `${path}: ${text.split('\n').length} lines`),
};

/** Where people read texts: messages, and the screens and pages that show them. */
const showsTexts =
  /^(apps\/(console\/screen|till\/screen|sandbox\/(panel|src\/scenario)|host\/src\/(cardholder-page|notices))|packages\/(messages|screen))\//;
/** Regular expressions there, each with what it reads: something that was typed or scanned, an id, an address; never a text. */
const patternsAllowed: readonly { path: string; reads: string }[] = [
  { path: 'apps/console/screen/payments/filter.ts', reads: 'what somebody types into the search' },
  { path: 'apps/till/screen/scanner.ts', reads: 'a key of the scanner' },
  { path: 'apps/till/screen/phone-entry.tsx', reads: 'a key that is pressed' },
  { path: 'apps/till/screen/phone.ts', reads: 'a phone number' },
  { path: 'apps/till/screen/search.ts', reads: 'what somebody types into the search' },
  { path: 'apps/sandbox/panel/sms/links.ts', reads: 'addresses, to make links of them' },
  { path: 'apps/sandbox/panel/processes/processes-card.tsx', reads: 'the name of a process' },
  { path: 'apps/sandbox/panel/data.ts', reads: 'the name of a process' },
  {
    path: 'apps/sandbox/src/scenario/client.ts',
    reads: 'the form on the cardholder’s page, as a browser does',
  },
  { path: 'apps/sandbox/src/scenario/stage.ts', reads: 'the address in an SMS, as a telephone does' },
  { path: 'apps/console/screen/frame.tsx', reads: 'the path of a route' },
  { path: 'apps/host/src/cardholder-page/link.ts', reads: 'the parts of a link' },
  { path: 'apps/host/src/cardholder-page/page.ts', reads: 'signs that HTML escapes' },
  { path: 'apps/host/src/notices/receipt.ts', reads: 'a delivery receipt (SMPP 3.4, appendix B)' },
  { path: 'apps/host/src/notices/message-ids.ts', reads: 'the id of a message, a phone number' },
];
/** Two words with a space between. */
const words = /[\p{L}\p{N}]{2,}[,:;.]?\s+[\p{L}(«“]/u;

const nothingReadsSentences: CodeRule = {
  says: 'nothing reads a sentence: no regular expression, and no comparison with a text, where texts are shown',
  breaches: (files) =>
    code(files)
      .filter(({ path }) => showsTexts.test(path))
      .flatMap((file) => {
        const { patterns, compared } = literalsOf(file);
        const isAllowed = patternsAllowed.some(({ path }) => path === file.path);
        return [
          ...(isAllowed ? [] : patterns.map((pattern) => `${file.path}: /${pattern}/`)),
          ...compared.filter((text) => words.test(text)).map((text) => `${file.path}: "${text}"`),
        ];
      }),
};

/** Files with Cyrillic letters in their texts, each with the reason; all other Russian is packages/messages'. */
const cyrillicAllowed: readonly { path: RegExp; because: string }[] = [
  { path: /^packages\/messages\/src\/ru(\/|\.ts$)/, because: 'it is the Russian' },
  { path: /^packages\/messages\/src\/languages\.ts$/, because: 'a language bears its own name' },
  { path: /^apps\/sandbox\/src\/world\/business\.ts$/, because: 'names that people gave: a shop, its banks' },
  { path: /^apps\/sandbox\/src\/wallet\/cards\.ts$/, because: 'names that people gave: cardholders' },
  { path: /^bench\//, because: 'names that people gave: products' },
  { path: /^apps\/till\/src\/receipt\/escpos\.ts$/, because: 'a table of what a printer’s code page lacks' },
  { path: /^apps\/till\/screen\/search\.ts$/, because: 'е and ё are one letter to who searches' },
];

const russianIsInMessages: CodeRule = {
  says: 'Russian texts are in packages/messages',
  breaches: (files) =>
    files
      .filter(({ path }) => !isTest(path) && !cyrillicAllowed.some((allowed) => allowed.path.test(path)))
      .filter(({ text }) => /\p{Script=Cyrillic}/u.test(text))
      .flatMap((file) => {
        const { texts, patterns } = literalsOf(file);
        return [...texts, ...patterns]
          .filter((text) => /\p{Script=Cyrillic}/u.test(text))
          .map((text) => `${file.path}: ${text.trim().slice(0, 60)}`);
      }),
};

export const codeRules: readonly CodeRule[] = [
  decisionsArePure,
  timeComesFromTheClock,
  nothingRemembersAtModuleLevel,
  rulesHaveTests,
  filesStayReadable,
  nothingReadsSentences,
  russianIsInMessages,
];

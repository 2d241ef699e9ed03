import { fileURLToPath } from 'node:url';
import { sql } from '../apps/host/src/store/index.ts';
import { type BenchHost, openBenchHost } from './world/bench-host.ts';
import { keepPattern, multiply } from './world/multiply.ts';
import { BenchTills } from './world/tills.ts';

const tillIds = ['till-1', 'till-2', 'till-3', 'till-4', 'till-5', 'till-6', 'till-7', 'till-8'];
const patternSales = 2_000;
const sizes = [10_000, 100_000, 1_000_000];
/** With `--full`: its data stays in the project's folder of data for the next run. */
const fullSize = 10_000_000;
const rounds = 5;
const livesOfARound = 400;
const askedTimes = 15;
const backlogSales = 100_000;
const maxDrainMs = 600_000;

interface Query {
  name: string;
  path: (known: Known) => string;
}

/** What a person may have before him when he asks. */
interface Known {
  saleId: string;
  lastDigits: string;
  amount: string;
  cursor: string;
}

/** Every list, sum and search that a screen or a worker of another process asks for. */
const queries: readonly Query[] = [
  { name: 'money', path: () => '/v1/money' },
  { name: 'banks', path: () => '/v1/banks' },
  { name: 'work', path: () => '/v1/work' },
  { name: 'tills', path: () => '/v1/tills' },
  { name: 'alarms', path: () => '/v1/alarms' },
  { name: 'stop-list', path: () => '/v1/stop-list' },
  { name: 'payments', path: () => '/v1/payments?limit=50' },
  { name: 'payments, a later page', path: ({ cursor }) => `/v1/payments?limit=50&cursor=${cursor}` },
  { name: 'payments of a till', path: () => '/v1/payments?limit=50&tillId=till-3' },
  { name: 'payments declined', path: () => '/v1/payments?limit=50&state=declined' },
  { name: 'payments cancelled', path: () => '/v1/payments?limit=50&state=cancelled' },
  { name: 'payments reversing', path: () => '/v1/payments?limit=50&state=reversing' },
  { name: 'payments by last digits', path: ({ lastDigits }) => `/v1/payments?limit=50&search=${lastDigits}` },
  { name: 'payments by sum', path: ({ amount }) => `/v1/payments?limit=50&search=${amount}` },
  { name: 'payments by sale', path: ({ saleId }) => `/v1/payments?limit=50&search=${saleId}` },
  { name: 'payments by what is nowhere', path: () => '/v1/payments?limit=50&search=till-9-999999' },
  { name: 'one payment', path: ({ saleId }) => `/v1/payments/${saleId}` },
  { name: 'debts', path: () => '/v1/debts?limit=50' },
  { name: 'debts open', path: () => '/v1/debts?limit=50&state=open' },
  { name: 'debts recovered', path: () => '/v1/debts?limit=50&state=recovered' },
];

interface Figures {
  payments: number;
  /** Processor time of host and store for one whole life; wall time if the system does not tell. */
  lifeMs: number;
  slowestQueryMs: number;
  slowestQuery: string;
}

export const options = ['--full'];

/** What one payment's life, and each list, sum and search, cost with more and more payments in the store. */
export async function run(args: readonly string[] = []) {
  const isFull = args.includes('--full');
  const wanted = isFull ? [...sizes, fullSize] : sizes;
  const storeFolder = fileURLToPath(new URL('../.bivak/bench-growth-full', import.meta.url));
  const host = await openBenchHost({ name: 'growth', tillIds, ...(isFull ? { storeFolder } : {}) });
  const tills = new BenchTills(host, tillIds);
  try {
    const at: Figures[] = [];
    await livePattern(host, tills);
    for (const size of wanted) {
      await grow(host, size);
      await host.startHost();
      at.push(await measure(host, tills));
      await host.stopHost();
      console.error(at.at(-1));
    }
    await host.startHost();
    const backlog = await drain(host, tills);
    const [smallest, largest] = [at[0]!, at.at(-1)!];
    const ratio = (name: 'lifeMs' | 'slowestQueryMs'): number =>
      Number((largest[name] / smallest[name]).toFixed(3));
    return {
      name: 'growth' as const,
      ours: { slowestQueryMs: largest.slowestQueryMs, at, backlog },
      peers: {},
      bound: { slowestQueryMs: 50 },
      ratio: { life: ratio('lifeMs'), slowestQuery: ratio('slowestQueryMs') },
      unit: 'ms',
    };
  } finally {
    await host.end();
  }
}

/** Real lives, of which the rest is copied: some are declined and become debts. */
async function livePattern(host: BenchHost, tills: BenchTills): Promise<void> {
  await host.startHost();
  await tills.enrol();
  const before = await stored(host);
  if (before === 0) {
    tills.write(patternSales);
    await tills.ship();
    await settled(host, patternSales);
  }
  await host.stopHost();
  if (before === 0) await keepPattern(host.database);
}

async function grow(host: BenchHost, size: number): Promise<void> {
  const before = await stored(host);
  const copies = Math.round((size - before) / patternSales);
  if (copies <= 0) return;
  const first = Math.round(before / patternSales);
  await multiply(host.database, first, first + copies - 1);
}

const stored = async ({ database }: BenchHost): Promise<number> => {
  const [row] = await database.query<{ count: number }>(sql`select count(*) as count from payments`);
  return row!.count;
};

const endedOf = async ({ database }: BenchHost): Promise<number> => {
  const [row] = await database.query<{ count: number }>(sql`
    select count(*) as count from till_outbox where cursor > 0`);
  return row!.count;
};

async function settled(host: BenchHost, count: number): Promise<void> {
  const untilMs = performance.now() + maxDrainMs;
  while ((await endedOf(host)) < count) {
    if (performance.now() > untilMs) throw new Error('the payments are not booked in time');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function measure(host: BenchHost, tills: BenchTills): Promise<Figures> {
  const lives: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const ms = await measureLives(host, tills);
    // The first one warms the program and the store's memory up.
    if (round > 0) lives.push(ms);
  }
  const known = await knownOf(host);
  const asked: { name: string; ms: number }[] = [];
  for (const query of queries)
    asked.push({ name: query.name, ms: await measureQuery(`${host.url}${query.path(known)}`) });
  const slowest = asked.toSorted((one, other) => other.ms - one.ms)[0]!;
  return {
    payments: await stored(host),
    lifeMs: Number(Math.min(...lives).toFixed(3)),
    slowestQueryMs: Number(slowest.ms.toFixed(2)),
    slowestQuery: slowest.name,
  };
}

async function measureLives(host: BenchHost, tills: BenchTills): Promise<number> {
  tills.write(livesOfARound);
  const before = await endedOf(host);
  const [cpuBefore, beganMs] = [await host.cpuMs(), performance.now()];
  await tills.ship();
  await settled(host, before + livesOfARound);
  const [cpuAfter, tookMs] = [await host.cpuMs(), performance.now() - beganMs];
  const spentMs =
    cpuBefore === null || cpuAfter === null
      ? tookMs
      : cpuAfter.host - cpuBefore.host + cpuAfter.store - cpuBefore.store;
  return spentMs / livesOfARound;
}

async function measureQuery(url: string): Promise<number> {
  const samples: number[] = [];
  for (let time = 0; time <= askedTimes; time++) {
    const beganMs = performance.now();
    const answer = await fetch(url);
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${url} is answered by ${answer.status}`);
    if (time > 0) samples.push(performance.now() - beganMs);
  }
  return samples.toSorted((one, other) => one - other)[Math.floor(samples.length / 2)]!;
}

/** Something that is there to be found, in the middle of all. */
async function knownOf({ database, url }: BenchHost): Promise<Known> {
  const [row] = await database.query<{ payment_id: string; masked_pan: string; amount_minor: number }>(sql`
    select payment_id, masked_pan, amount_minor from payments where bucket = 512 limit 1`);
  const page = (await (await fetch(`${url}/v1/payments?limit=50`)).json()) as { nextCursor: string };
  return {
    saleId: row!.payment_id,
    lastDigits: row!.masked_pan.slice(-4),
    amount: (row!.amount_minor / 100).toFixed(2),
    cursor: encodeURIComponent(page.nextCursor),
  };
}

/** How fast a backlog drains, in each third of it. */
async function drain(host: BenchHost, tills: BenchTills): Promise<{ sales: number; livesASecond: number[] }> {
  tills.write(backlogSales);
  const before = await endedOf(host);
  await tills.ship();
  const begun = await endedOf(host);
  const left = before + backlogSales - begun;
  const livesASecond: number[] = [];
  for (let third = 1; third <= 3; third++) {
    const [count, beganMs] = [await endedOf(host), performance.now()];
    await settled(host, begun + Math.floor((left * third) / 3));
    const ended = await endedOf(host);
    livesASecond.push(Number((((ended - count) / (performance.now() - beganMs)) * 1_000).toFixed(1)));
  }
  return { sales: left, livesASecond };
}

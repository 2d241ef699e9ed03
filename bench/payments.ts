import pg from 'pg';
import { type Database, sql } from '../apps/host/src/store/index.ts';
import { openBenchHost } from './world/bench-host.ts';
import { BenchTills } from './world/tills.ts';

const tillIds = ['till-1', 'till-2', 'till-3', 'till-4', 'till-5', 'till-6', 'till-7', 'till-8'];
const warmUpSales = 2_000;
/** Lives and bare commits are measured by turns, so that whatever slows the disk slows both. */
const rounds = 4;
const salesOfARound = 2_000;
const commitsForMs = 750;
const maxDrainMs = 180_000;

type CpuMs = Record<'banks' | 'host' | 'store', number>;

/**
 * Whole lives of card sales a second: a batch comes in over HTTP, is checked and stored, becomes payments, a bank is asked over
 * ISO 8583, its answer is booked, and the till's outbox holds it. Against the durable commits of one row that one connection makes
 * to the same server before and after.
 */
export async function run() {
  const host = await openBenchHost({ name: 'payments', tillIds });
  try {
    await host.startHost();
    const tills = new BenchTills(host, tillIds);
    await tills.enrol();
    await measure(host.database, tills, warmUpSales);
    const commits = [await commitsASecond(host.databaseUrl)];
    const lives: Measured[] = [];
    const cpuBefore = await host.cpuMs();
    for (let round = 0; round < rounds; round++) {
      lives.push(await measure(host.database, tills, salesOfARound));
      commits.push(await commitsASecond(host.databaseUrl));
    }
    const cpuAfter = await host.cpuMs();
    const ours = median(lives.map(({ livesASecond }) => livesASecond));
    const bound = median(commits);
    return {
      name: 'payments' as const,
      ours: {
        lives: ours,
        salesTakenIn: median(lives.map(({ takenASecond }) => takenASecond)),
        sales: rounds * salesOfARound,
        cpuMsOfALife: cpuOfALife(cpuBefore, cpuAfter),
      },
      peers: {},
      bound: { commits: bound, each: commits.map(round) },
      ratio: { commits: Number((ours / bound).toFixed(3)) },
      unit: 'a second',
    };
  } finally {
    await host.end();
  }
}

/** Processor time of one life in each part: what limits it once the disk does not. */
function cpuOfALife(before: CpuMs | null, after: CpuMs | null): CpuMs | null {
  if (before === null || after === null) return null;
  const sales = rounds * salesOfARound;
  const of = (part: keyof CpuMs): number => Number(((after[part] - before[part]) / sales).toFixed(3));
  return { host: of('host'), store: of('store'), banks: of('banks') };
}

const round = (value: number): number => Number(value.toFixed(1));

const median = (values: readonly number[]): number =>
  round(values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!);

interface Measured {
  livesASecond: number;
  takenASecond: number;
}

async function measure(database: Database, tills: BenchTills, count: number): Promise<Measured> {
  tills.write(count);
  const before = await booked(database);
  const beganMs = performance.now();
  await tills.ship();
  const takenMs = performance.now() - beganMs;
  while ((await booked(database)) < before + count) {
    if (performance.now() - beganMs > maxDrainMs) throw new Error('the payments are not booked in time');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const tookMs = performance.now() - beganMs;
  return { livesASecond: (count / tookMs) * 1_000, takenASecond: (count / takenMs) * 1_000 };
}

/** Sales of which the tills can be told what became of them: the last step of a life. */
async function booked(database: Database): Promise<number> {
  const [row] = await database.query<{ count: number }>(sql`
    select count(*) as count from till_outbox`);
  return row!.count;
}

/** Durable commits of one row by one connection, one after the other. */
async function commitsASecond(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('create table if not exists bench_commits (number integer primary key)');
    await client.query('delete from bench_commits');
    const insert = { name: 'commit', text: 'insert into bench_commits (number) values ($1)' };
    const beganMs = performance.now();
    let made = 0;
    for (; performance.now() - beganMs < commitsForMs; made++)
      await client.query({ ...insert, values: [made] });
    return (made / (performance.now() - beganMs)) * 1_000;
  } finally {
    await client.query('drop table if exists bench_commits').catch(() => {});
    await client.end();
  }
}

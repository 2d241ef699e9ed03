import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedFolder } from '../../apps/host/src/store/index.ts';
import { filesBelow, placesWithCardNumbers } from './card-numbers.ts';
import { figuresFromFiles } from './independent-figures.ts';
import { dataFolder, type Finished, Sandbox } from './sandbox.ts';

type Figures = Record<string, number> & { refused: Record<string, number> };
const figuresOf = ({ lines }: Finished): Figures => JSON.parse(lines.at(-1)!) as Figures;

/** What a killed process or another link may change: how often something had to be reversed. Everything else has to come out the same. */
const withoutReversals = ({ reversals: _, ...figures }: Figures): Record<string, unknown> => figures;

/**
 * Where the database of a running host answers. Found out in a process of its own: who starts or adopts a server looks after it,
 * and would start it again in the moment in which the sandbox has ended it.
 */
function runningDatabase(dataDir: string): { url: string; wasAdopted: boolean } {
  const store = new URL('../../apps/host/src/store/index.ts', import.meta.url).href;
  const code = `import { startEmbedded } from ${JSON.stringify(store)};
    const { url, wasAdopted } = await startEmbedded(${JSON.stringify(dataDir)});
    console.log(JSON.stringify({ url, wasAdopted }));
    process.exit();`;
  const found = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  return JSON.parse(found.stdout) as { url: string; wasAdopted: boolean };
}

describe('the scenario of a train’s week', () => {
  const folder = dataFolder();
  let played: Finished;
  let figures: Figures;
  let pans: string[];

  beforeAll(async () => {
    played = await new Sandbox(folder.path, ['--once']).finished;
    figures = figuresOf(played);
    const wallet = JSON.parse(readFileSync(join(folder.path, 'sandbox', 'wallet.json'), 'utf8')) as {
      pan: string;
    }[];
    pans = wallet.map(({ pan }) => pan);
  });
  afterAll(() => folder.remove());

  it('ends well, every claim held, its figures in the last line', () => {
    expect(played.code, played.output).toBe(0);
    expect(played.output).not.toMatch(/NOT TRUE|Not true/);
    expect(figures).toMatchObject({ doubleDebited: 0, lost: 0 });
    expect(figures.cardSales).toBeGreaterThanOrEqual(30);
    expect(figures.sales! - figures.cardSales!).toBeGreaterThanOrEqual(5);
    for (const reason of ['stop-listed', 'expired-card', 'over-sale-limit', 'over-card-limit'])
      expect(figures.refused[reason]).toBeGreaterThan(0);
    expect(figures.recovered).toBeGreaterThanOrEqual(2);
    expect(figures.reversals).toBeGreaterThanOrEqual(1);
  });

  it('agrees with what banks, SMS centre and fiscal operator have in their own files', () => {
    const { refused: _, stopListed: __, ...comparable } = figures;
    expect(figuresFromFiles(folder.path)).toEqual(comparable);
  });

  it('leaves no card number in any file or log of till and host', () => {
    const below = join(folder.path, 'sandbox');
    const ours = ['data/till-1', 'data/till-2', 'data/host', 'data/console', 'logs', 'config']
      .map((name) => join(below, name))
      .filter(existsSync);
    expect(ours.length).toBeGreaterThanOrEqual(4);
    const places = [...ours, embeddedFolder(join(below, 'data', 'host'))].flatMap((path) => [
      ...filesBelow(path),
    ]);
    expect(places.length).toBeGreaterThan(50);
    expect(placesWithCardNumbers(pans, places)).toEqual([]);
    // The search itself can find one: in the wallet, where the numbers are.
    expect(
      placesWithCardNumbers(pans, [{ name: 'wallet', bytes: readFileSync(join(below, 'wallet.json')) }]),
    ).toEqual(['wallet']);
  });

  it('goes on with its data at the next start; no card number in any table or HTTP answer', async () => {
    const sandbox = new Sandbox(folder.path, ['--no-scenario']);
    const url = await sandbox.url();
    const get = async (address: string): Promise<string> => (await fetch(address)).text();
    const processes = (
      JSON.parse(await get(`${url}/v1/processes`)) as { items: { name: string; url: string; pid: number }[] }
    ).items;
    const urlOf = (name: string): string => processes.find((one) => one.name === name)!.url;
    const payments = JSON.parse(await get(`${urlOf('host')}/v1/payments?limit=500`)) as {
      items: { id: string }[];
    };
    expect(payments.items).toHaveLength(figures.cardSales!);
    const { unaccounted } = JSON.parse(await get(`${urlOf('host')}/v1/money`)) as { unaccounted: object };
    expect(unaccounted).toEqual({ count: 0, sumMinor: 0, otherSums: 0 });
    const hostPaths = [
      'payments?limit=500',
      'debts',
      'stop-list',
      'tills',
      'alarms',
      'banks',
      'money',
      'unaccounted',
      'rejected-entries',
      'work',
      ...payments.items.map(({ id }) => `payments/${id}`),
    ];
    const tillPaths = [
      'status',
      'sales',
      'reports/items?shift=all',
      'catalogue',
      ...payments.items.map(({ id }) => `sales/${id}`),
    ];
    const addresses = [
      ...hostPaths.map((path) => `${urlOf('host')}/v1/${path}`),
      ...['till-1', 'till-2'].flatMap((till) => tillPaths.map((path) => `${urlOf(till)}/v1/${path}`)),
    ];
    const answers = await Promise.all(
      addresses.map(async (name) => ({ name, bytes: Buffer.from(await get(name)) })),
    );
    expect(answers.every(({ bytes }) => bytes.length > 2)).toBe(true);
    expect(placesWithCardNumbers(pans, answers)).toEqual([]);

    const database = runningDatabase(join(folder.path, 'sandbox', 'data', 'host'));
    expect(database.wasAdopted).toBe(true);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const tables = (
      await client.query<{ name: string }>(
        "select table_name as name from information_schema.tables where table_schema = 'public'",
      )
    ).rows;
    const rows: { name: string; bytes: Buffer }[] = [];
    for (const { name } of tables)
      rows.push({
        name,
        bytes: Buffer.from(JSON.stringify((await client.query(`select * from ${name}`)).rows)),
      });
    await client.end();
    expect(tables.length).toBeGreaterThanOrEqual(10);
    expect(placesWithCardNumbers(pans, rows)).toEqual([]);

    const { code } = await sandbox.stop();
    expect(code).toBe(0);
    for (const { pid } of processes) expect(() => process.kill(pid, 0)).toThrow();
    expect(
      existsSync(
        join(embeddedFolder(join(folder.path, 'sandbox', 'data', 'host')), 'cluster', 'postmaster.pid'),
      ),
    ).toBe(false);
    expect(readdirSync(join(folder.path, 'sandbox', 'logs')).length).toBeGreaterThan(10);
  });

  it('comes to the same figures over a recorded link that begins with an outage of hours and then flaps', async () => {
    const other = dataFolder();
    const recording = [
      { duration_ms: 10_800_000, bandwidth_kbps: 0, latency_ms: 0 },
      { duration_ms: 0, bandwidth_kbps: 900, latency_ms: 10 },
      { duration_ms: 4_000.5, bandwidth_kbps: 250.25, latency_ms: 333.3 },
      { duration_ms: 9_000, bandwidth_kbps: 0, latency_ms: 100 },
      { duration_ms: 20_000, bandwidth_kbps: 40, latency_ms: 1_500 },
    ];
    writeFileSync(join(other.path, 'link.json'), JSON.stringify(recording));
    try {
      const ridden = await new Sandbox(other.path, ['--once', '--link', join(other.path, 'link.json')])
        .finished;
      expect(ridden.code, ridden.output).toBe(0);
      expect(withoutReversals(figuresOf(ridden))).toEqual(withoutReversals(figures));
      const { refused: _, stopListed: __, ...comparable } = figuresOf(ridden);
      expect(figuresFromFiles(other.path)).toEqual(comparable);
    } finally {
      await other.remove();
    }
  });

  it.each(['host', 'till'])(
    'comes to the same figures when the plug of the %s is pulled in the middle',
    async (victim) => {
      const other = dataFolder();
      try {
        const killed = await new Sandbox(other.path, ['--once', '--kill', victim]).finished;
        expect(killed.code, killed.output).toBe(0);
        expect(killed.output).toMatch(/The plug of .* is pulled \(kill -9\)/);
        expect(withoutReversals(figuresOf(killed))).toEqual(withoutReversals(figures));
      } finally {
        await other.remove();
      }
    },
  );
});

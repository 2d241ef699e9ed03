import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createKeyFile } from '../../apps/host/src/keys/key-file.ts';
import {
  type Database,
  migrate,
  openDatabase,
  startEmbedded,
  stopEmbedded,
} from '../../apps/host/src/store/index.ts';
import { testKeys } from '../../apps/host/src/testing/till.ts';
import { freePort, hostConfig } from '../../tests/integration/host/surroundings.ts';
import { cpuTimeMs, parentOf } from './cpu-time.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bankIds = ['north', 'volga', 'ural'] as const;
const readyWithinMs = 120_000;

/** A store, and beside it (once `startHost` was called) a host and three banks that approve at once, each a process. */
export interface BenchHost {
  url: string;
  databaseUrl: string;
  database: Database;
  codeOf: (tillId: string) => string;
  /** Starts banks and host. */
  startHost(): Promise<void>;
  stopHost(): Promise<void>;
  /** Processor time that each part has used until now; null where the system does not tell. */
  cpuMs(): Promise<Record<'banks' | 'host' | 'store', number> | null>;
  end(): Promise<void>;
}

export interface BenchHostOptions {
  name: string;
  tillIds: readonly string[];
  /** Where the store stays for the next run; without it, it goes with the bench. */
  storeFolder?: string;
}

/** The store lies in the project's own folder of data: the system's temporary folder may lie in memory. */
export async function openBenchHost({ name, tillIds, storeFolder }: BenchHostOptions): Promise<BenchHost> {
  mkdirSync(join(root, '.bivak'), { recursive: true });
  const folder = mkdtempSync(join(root, '.bivak', `bench-${name}-`));
  const store = storeFolder ?? join(folder, 'store');
  mkdirSync(store, { recursive: true });
  const server = await startEmbedded(store);
  const database = openDatabase(server.url, () => {}, 8);
  await migrate(database, Date.now());
  const keys = join(store, 'keys');
  makeKeys(keys);
  mkdirSync(join(folder, 'host'));
  const port = await freePort();
  let processes: ChildProcess[] = [];
  const start = async (): Promise<void> => {
    const ports = await Promise.all(bankIds.map(freePort));
    processes.push(await startBanks(ports));
    const config = configOf({ folder, keys, port, ports, tillIds, databaseUrl: server.url });
    processes.push(await startHostProcess(folder, config));
  };
  const stop = async (): Promise<void> => {
    await Promise.all(processes.map(ended));
    processes = [];
  };
  return {
    url: `http://127.0.0.1:${port}`,
    databaseUrl: server.url,
    database,
    codeOf,
    startHost: start,
    stopHost: stop,
    async cpuMs() {
      const [row] = await database.query<{ pid: number }>({
        text: 'select pg_backend_pid() as pid',
        values: [],
      });
      const [banks, host, db] = [processes[0]!.pid!, processes[1]!.pid!, parentOf(row!.pid)].map(cpuTimeMs);
      return banks == null || host == null || db == null ? null : { banks, host, store: db };
    },
    async end() {
      await stop();
      await database.close();
      await server.stop();
      if (storeFolder === undefined) await stopEmbedded(store, { drop: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const codeOf = (tillId: string): string => `enrol-${tillId}-please`;

/** They stay with the store, whose card data they open. */
function makeKeys(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'passphrase'), 'open sesame');
  const file = join(folder, 'keys.json');
  if (!existsSync(file)) createKeyFile(file, 'open sesame', testKeys);
}

function configOf(of: {
  folder: string;
  keys: string;
  port: number;
  ports: readonly number[];
  tillIds: readonly string[];
  databaseUrl: string;
}): ReturnType<typeof hostConfig> {
  const { folder, keys, port, ports, tillIds, databaseUrl } = of;
  // Nobody listens at the port of the SMS centre: the cards here have no telephones.
  const config = hostConfig({ folder, port, isoPorts: ports.slice(0, 2), smppPort: 1 });
  const [bank] = config.banks;
  return {
    ...config,
    keyStore: { file: join(keys, 'keys.json'), passphraseFile: join(keys, 'passphrase') },
    databaseUrl,
    banks: bankIds.map((bankId, index) => ({
      ...bank!,
      bankId,
      name: { ru: bankId, en: bankId },
      profile: bankId,
      port: ports[index]!,
    })),
    tills: tillIds.map((tillId) => ({ tillId, place: 'Bench', enrolmentCode: codeOf(tillId) })),
  };
}

async function startBanks(ports: readonly number[]): Promise<ChildProcess> {
  const setting = Object.fromEntries(bankIds.map((bankId, index) => [bankId, ports[index]!]));
  const child = spawn(process.execPath, [join(root, 'bench/world/banks.ts'), JSON.stringify(setting)], {
    cwd: root,
    // With a channel, so that it ends when this process goes away.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  for await (const line of createInterface({ input: child.stdout! })) if (line === 'ready') break;
  return child;
}

async function startHostProcess(folder: string, config: { port: number }): Promise<ChildProcess> {
  const configFile = join(folder, 'host.json');
  writeFileSync(configFile, JSON.stringify(config));
  const child = spawn(process.execPath, [join(root, 'apps/host/src/main.ts'), '--config', configFile], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  child.stdout!.pipe(createWriteStream(join(folder, 'host.log')));
  const untilMs = Date.now() + readyWithinMs;
  for (;;) {
    if (child.exitCode !== null || Date.now() > untilMs)
      throw new Error(`the host does not start: ${folder}`);
    const isUp = await fetch(`http://127.0.0.1:${config.port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return child;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  await closed;
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bankProfile } from '@bivak/bank-profiles';
import { createKeyFile } from '../../apps/host/src/keys/key-file.ts';
import { type Database, openDatabase, startEmbedded, stopEmbedded } from '../../apps/host/src/store/index.ts';
import { testKeys } from '../../apps/host/src/testing/till.ts';
import { type ClockServer, startClockServer } from '../../apps/sandbox/src/clock/clock-server.ts';
import { makeCertificates } from '../../apps/sandbox/src/world/certificates.ts';
import { freePort } from '../integration/host/surroundings.ts';
import { type CommitFate, type DatabaseProxy, startDatabaseProxy } from './database-proxy.ts';
import { type Machine, machine } from './machine.ts';
import type { StormOptions } from './options.ts';

/** One of each profile: single and dual message, advices, requests, TLS and authenticated messages. */
export const bankIds = ['north', 'volga', 'ural', 'baikal'] as const;
export const tillIds = ['till-1', 'till-2', 'till-3', 'till-4', 'till-5', 'till-6'] as const;
export const terminalId = 'T1';
const merchantId = 'M1';
const beginsAtMs = Date.parse('2026-11-23T05:00:00.000Z');
const dayMs = 86_400_000;

/** Banks, database and hosts of one run, as processes of their own. */
export interface World {
  folder: string;
  clock: ClockServer;
  banks: Machine[];
  hosts: Machine[];
  proxy: DatabaseProxy;
  /** Straight to the database, for looking only. */
  database: Database;
  codeOf: (tillId: string) => string;
  /** Ends everything; the folder with the logs stays if `keep`. */
  end(keep: boolean): Promise<void>;
}

export async function openWorld(
  options: StormOptions,
  fateOf: () => CommitFate,
  /** What stands before the banks, if anything: it gives the port at which hosts reach it. */
  { before = async (isoPort) => isoPort }: { before?: (isoPort: number) => Promise<number> } = {},
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'bivak-storm-'));
  writeFileSync(join(folder, 'passphrase'), 'open sesame');
  createKeyFile(join(folder, 'keys.json'), 'open sesame', testKeys);
  await makeSecrets(folder);
  const store = join(folder, 'store');
  const file = join(folder, 'clock.json');
  const [server, clock] = await Promise.all([
    startEmbedded(store),
    startClockServer({ port: 0, file, beginsAtMs, speed: 1 }),
  ]);
  const url = new URL(server.url);
  const proxy = await startDatabaseProxy({ host: url.hostname, port: Number(url.port) }, fateOf);
  url.port = String(proxy.port);
  const shared = { folder, clock: { host: '127.0.0.1', port: clock.port } };
  const banks = await Promise.all(bankIds.map((bankId) => bankMachine(bankId, options, shared)));
  const isoPorts: number[] = [];
  for (const { isoPort } of banks) isoPorts.push(await before(isoPort));
  const setting = { ...shared, databaseUrl: url.href, isoPorts };
  const hosts: Machine[] = [];
  for (let number = 1; number <= options.hosts; number++) hosts.push(await hostMachine(number, setting));
  await Promise.all(banks.map((bank) => bank.machine.start()));
  // One after the other: the first brings the store up to date.
  for (const host of hosts) await host.start();
  const database = openDatabase(server.url, () => {}, 4);
  return {
    folder,
    clock,
    banks: banks.map((bank) => bank.machine),
    hosts,
    proxy,
    database,
    codeOf,
    end: async (keep) => {
      await Promise.all(hosts.map((host) => host.end('SIGKILL')));
      await Promise.all(banks.map((bank) => bank.machine.end('SIGKILL')));
      await Promise.all([database.close(), proxy.close(), clock.close()]);
      await server.stop();
      await stopEmbedded(store, { drop: true });
      if (!keep) rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Shared {
  folder: string;
  clock: { host: string; port: number };
}

const certificate = (folder: string, name: string) => ({
  caFile: join(folder, 'authority.pem'),
  certificateFile: join(folder, `${name}.pem`),
  keyFile: join(folder, `${name}.key`),
});

/** Keys and certificates for the banks whose profiles want them. */
async function makeSecrets(folder: string): Promise<void> {
  writeFileSync(join(folder, 'mac-key'), '00112233445566778899aabbccddeeff');
  const encrypted = bankIds.filter((bankId) => bankProfile(bankId).isEncrypted);
  const servers = encrypted.map((bankId) => ({
    name: `${bankId}.bank`,
    role: 'server' as const,
    files: certificate(folder, bankId),
  }));
  const host = { name: 'host.bivak', role: 'client', files: certificate(folder, 'host') } as const;
  await makeCertificates([host, ...servers], Date.now());
}

/** What a bank and the host's contract with it have of them. */
function secretsOf(folder: string, bankId: string): { host: object; bank: object } {
  const { isEncrypted, mac } = bankProfile(bankId);
  const key = mac === undefined ? {} : { macKeyFile: join(folder, 'mac-key') };
  const tls = { ...certificate(folder, 'host'), serverName: `${bankId}.bank` };
  return {
    host: { ...key, ...(isEncrypted ? { tls } : {}) },
    bank: { ...key, ...(isEncrypted ? { tls: certificate(folder, bankId) } : {}) },
  };
}

const codeOf = (tillId: string): string => `enrol-${tillId}-please`;

async function bankMachine(
  bankId: string,
  { preset, seed }: StormOptions,
  { folder, clock }: Shared,
): Promise<{ machine: Machine; isoPort: number }> {
  const [port, isoPort] = [await freePort(), await freePort()];
  const dataDir = join(folder, bankId);
  mkdirSync(dataDir);
  const config = {
    clock,
    bankId,
    name: { ru: bankId, en: bankId },
    profile: bankId,
    port,
    isoPort,
    dataDir,
    terminals: [{ terminalId, merchantId }],
    ...secretsOf(folder, bankId).bank,
    mind: { mind: preset, seed },
  };
  return { machine: machine(folder, bankId, 'apps/sandbox/src/banks/main.ts', config), isoPort };
}

async function hostMachine(
  number: number,
  { folder, clock, databaseUrl, isoPorts }: Shared & { databaseUrl: string; isoPorts: readonly number[] },
): Promise<Machine> {
  const port = await freePort();
  const dataDir = join(folder, `host-${number}`);
  mkdirSync(dataDir);
  const config = {
    clock,
    port,
    dataDir,
    databaseUrl,
    publicUrl: `http://127.0.0.1:${port}`,
    merchant: { name: 'Storm', inn: '7701234560', acceptorId: 'A1', categoryCode: '5812' },
    currency: 'RUB',
    timeZone: 'Europe/Moscow',
    banks: bankIds.map((bankId, index) => ({
      bankId,
      name: { ru: bankId, en: bankId },
      profile: bankId,
      host: '127.0.0.1',
      port: isoPorts[index]!,
      terminalId,
      merchantId,
      feePercent: `1.${6 + index}`,
      onUsFeePercent: '0.9',
      issuers: [],
      ...secretsOf(folder, bankId).host,
    })),
    // Nobody listens there: the cards of a storm have no telephones.
    smsc: { host: '127.0.0.1', port: 1, systemId: 'bivak', password: 'secret', from: 'STORM' },
    tills: tillIds.map((tillId) => ({ tillId, place: 'Storm', enrolmentCode: codeOf(tillId) })),
    keyStore: { file: join(folder, 'keys.json'), passphraseFile: join(folder, 'passphrase') },
    limits: {
      perSaleMinor: 500_000,
      perCardMinor: 700_000,
      perCardCount: 6,
      perTillMinor: 20_000_000,
      perTillCount: 300,
      stopListMaxAgeMs: 7 * dayMs,
    },
    bankWindowMs: dayMs,
    recovery: { windowMs: 7 * dayMs, attemptHourLocal: 9 },
    language: 'ru',
  };
  return machine(folder, `host-${number}`, 'apps/host/src/main.ts', config);
}

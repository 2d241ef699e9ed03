import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@bivak/clock';
import type { hostApi } from '@bivak/contracts';
import { enrolTill, registerTills } from '../fleet/fleet.ts';
import { takeBatch } from '../intake/intake.ts';
import { createKeyFile, type KeyStore, openKeyFile } from '../keys/key-store.ts';
import { registerBanks } from '../payments/bank-health.ts';
import { foldJournal } from '../payments/fold.ts';
import { startPaymentsWorker } from '../payments/worker.ts';
import { type Database, sql, type Worker } from '../store/index.ts';
import type { FakeBanks } from './banks.ts';
import { silentLog } from './log.ts';
import { type TestTill, testKeys } from './till.ts';

export const testContracts = [
  { bankId: 'north', profile: 'north', feePercent: '1.6', onUsFeePercent: '0.9' },
  { bankId: 'ural', profile: 'ural', feePercent: '1.7', onUsFeePercent: '0.8' },
  { bankId: 'volga', profile: 'volga', feePercent: '1.9', onUsFeePercent: '1.0' },
];

export const testFold = {
  bankWindowMs: 86_400_000,
  currency: 'RUB',
  timeZone: 'Europe/Moscow',
  issuers: { of: () => undefined },
};

/** A key store with the test keys, from a file that is gone again. */
export function testKeyStore(): KeyStore {
  const folder = mkdtempSync(join(tmpdir(), 'bivak-test-keys-'));
  createKeyFile(join(folder, 'keys'), 'open sesame', testKeys);
  const store = openKeyFile(join(folder, 'keys'), 'open sesame');
  rmSync(folder, { recursive: true });
  return store;
}

export function startPayments(
  database: Database,
  banks: FakeBanks,
  clock: Clock,
  options: { keys: KeyStore; onBooked?: (paymentId: string) => void; hostName?: string },
): Worker {
  return startPaymentsWorker({
    database,
    banks,
    clock,
    keys: options.keys,
    log: silentLog,
    contracts: testContracts,
    onBooked: options.onBooked ?? (() => {}),
    newLease: () => `${options.hostName ?? 'host'}/${randomUUID()}`,
  });
}

/** Makes banks and a till known; its key is enrolled. */
export async function settle(database: Database, till: TestTill, nowMs: number): Promise<void> {
  await registerBanks(
    database,
    testContracts.map(({ bankId }) => bankId),
    nowMs,
  );
  const code = `code of ${till.tillId}`;
  await registerTills(database, [{ tillId: till.tillId, place: 'train', enrolmentCode: code }]);
  const publicKey = till.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  await enrolTill(database, { tillId: till.tillId, code, publicKey }, nowMs);
}

/** Ships a till's whole journal and folds it. */
export async function ship(database: Database, till: TestTill, nowMs: number): Promise<void> {
  const result = await takeBatch(database, till, till.batch(), nowMs);
  if (result.refused !== null) throw new Error(result.refused.what);
  await foldJournal(database, till.tillId, testFold);
}

export interface SeenPayment {
  id: string;
  state: hostApi.Payment['state'];
  bankId: string | null;
  attempts: {
    bankId: string;
    state: string;
    cause: string;
    code: string | null;
    stan: string;
    rrn: string;
  }[];
  story: string[];
}

/** A payment as the store has it. */
export async function seen(database: Database, id: string): Promise<SeenPayment> {
  const [row] = await database.query<{ state: SeenPayment['state']; bank_id: string | null }>(
    sql`select state, bank_id from payments where payment_id = ${id}`,
  );
  if (row === undefined) throw new Error(`no payment ${id}`);
  const attempts = await database.query<SeenPayment['attempts'][number]>(sql`
    select bank_id as "bankId", state, cause, response_code as code, stan, rrn
    from attempts where payment_id = ${id} order by number`);
  const story = await database.query<{ what: string }>(
    sql`select what from payment_events where payment_id = ${id} order by number`,
  );
  return { id, state: row.state, bankId: row.bank_id, attempts, story: story.map(({ what }) => what) };
}

export const newKeyPair = () => generateKeyPairSync('ed25519');

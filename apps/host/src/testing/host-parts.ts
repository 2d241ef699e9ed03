import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@bivak/clock';
import type { PaymentEvent } from '@bivak/domain';
import type { Logger } from '@bivak/process';
import { enrolTill, registerTills } from '../fleet/fleet.ts';
import { takeBatch } from '../intake/intake.ts';
import { cardVault } from '../keys/card-vault.ts';
import { dataKeys } from '../keys/data-keys.ts';
import { createKeyFile } from '../keys/key-file.ts';
import { type KeyStore, openKeyStore } from '../keys/key-store.ts';
import { type FoldContext, foldJournal } from '../payments/fold.ts';
import { type PaymentsContext, startPaymentsWorker } from '../payments/worker.ts';
import { registerBanks } from '../routing/index.ts';
import { type Database, type Row, sql, type Worker } from '../store/index.ts';
import type { FakeBanks } from './banks.ts';
import { silentLog } from './log.ts';
import { type TestTill, testKeys } from './till.ts';

export const testContracts = [
  { bankId: 'north', profile: 'north', feePercent: '1.6', onUsFeePercent: '0.9' },
  // Known here by one request, as the others: the tests of dual messages take contracts of their own.
  { bankId: 'ural', profile: 'north', feePercent: '1.7', onUsFeePercent: '0.8' },
  { bankId: 'volga', profile: 'volga', feePercent: '1.9', onUsFeePercent: '1.0' },
];

export const testFold = (database: Database): FoldContext => ({
  database,
  log: silentLog,
  bankWindowMs: 86_400_000,
  currency: 'RUB',
  timeZone: 'Europe/Moscow',
  issuers: { of: () => undefined },
  keys: testKeyStore(),
});

const shared = keyStores();

/** The key store of a test file, with the test keys; with another base key it opens what readers of that one have sealed. */
export const testKeyStore = (baseDerivationKey = testKeys.baseDerivationKey): KeyStore =>
  shared(baseDerivationKey);

/** Key stores over one folder of data keys, which goes with the process. */
function keyStores(): (baseDerivationKey: string) => KeyStore {
  const folder = mkdtempSync(join(tmpdir(), 'bivak-test-keys-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  createKeyFile(join(folder, 'keys'), 'open sesame', testKeys);
  const store = openKeyStore(join(folder, 'keys'), 'open sesame');
  const data = dataKeys(join(folder, 'data-keys'), Buffer.alloc(32, 9));
  const cardReferenceKey = Buffer.from(testKeys.cardReferenceKey, 'hex');
  return (hex) => {
    const baseDerivationKey = Buffer.from(hex, 'hex');
    return { ...store, dataKeys: data, cards: cardVault({ baseDerivationKey, cardReferenceKey }, data) };
  };
}

export function startPayments(
  database: Database,
  banks: FakeBanks,
  clock: Clock,
  options: {
    keys: KeyStore;
    onBooked?: (paymentId: string) => void;
    onAlarm?: () => void;
    onLeaving?: PaymentsContext['onLeaving'];
    contracts?: PaymentsContext['contracts'];
    hostName?: string;
    log?: Logger;
    maxAtOnce?: { all: number; offline: number };
  },
): Worker {
  return startPaymentsWorker({
    database,
    banks,
    clock,
    keys: options.keys,
    log: options.log ?? silentLog,
    contracts: options.contracts ?? testContracts,
    ...(options.maxAtOnce === undefined ? {} : { maxAtOnce: options.maxAtOnce }),
    onAlarm: options.onAlarm ?? (() => {}),
    onBooked: options.onBooked ?? (() => {}),
    onLeaving: options.onLeaving ?? (() => {}),
    mayLeave: () => true,
    onBlock: () => {},
    newLease: () => `${options.hostName ?? 'host'}/${randomUUID()}`,
  });
}

/** Makes banks and a till known; its key is enrolled. */
export async function enrolTestTill(database: Database, till: TestTill, nowMs: number): Promise<void> {
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
  const result = await takeBatch({ database, keys: testKeyStore() }, till, till.batch(), nowMs);
  if (result.refused !== null) throw new Error(result.refused.fault);
  await foldJournal(testFold(database), till.tillId);
}

/** A payment as the store has it. */
export interface StoredPayment extends Pick<Row<'payments'>, 'state' | 'bank_id' | 'wait' | 'due_at'> {
  id: string;
  attempts: (Pick<Row<'attempts'>, 'state' | 'cause' | 'stan' | 'rrn'> & {
    bankId: string;
    code: string | null;
  })[];
  timeline: PaymentEvent[];
}

export async function readPayment(database: Database, id: string): Promise<StoredPayment> {
  const [row] = await database.query<Pick<StoredPayment, 'state' | 'bank_id' | 'wait' | 'due_at'>>(
    sql`select state, bank_id, wait, due_at from payments where payment_id = ${id}`,
  );
  if (row === undefined) throw new Error(`no payment ${id}`);
  const attempts = await database.query<StoredPayment['attempts'][number]>(sql`
    select bank_id as "bankId", state, cause, response_code as code, stan, rrn
    from attempts where payment_id = ${id} order by number`);
  const timeline = await database.query<PaymentEvent>(
    sql`select kind, data from payment_events where payment_id = ${id} order by number`,
  );
  return { id, ...row, attempts, timeline };
}

export const newKeyPair = () => generateKeyPairSync('ed25519');

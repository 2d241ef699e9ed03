import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lend } from '@bivak/card';
import { Problem } from '@bivak/domain';
import { type ApiServer, createApiServer, listen } from '@bivak/http-api';
import { createFile, type Logger, type ProcessContext, type RunningProcess } from '@bivak/process';
import { addAccountingRoutes } from './api/accounting-routes.ts';
import { addAlarmRoutes } from './api/alarm-routes.ts';
import { addDebtRoutes } from './api/debt-routes.ts';
import { addOverviewRoutes } from './api/overview-routes.ts';
import { addPaymentRoutes } from './api/payment-routes.ts';
import { addPeerRoutes } from './api/peer-routes.ts';
import { withStoreProblems } from './api/store-problems.ts';
import { addStoreRoutes } from './api/store-routes.ts';
import { addUplinkRoutes } from './api/uplink-routes.ts';
import type { BankAddress } from './banks/index.ts';
import { linkToken } from './cardholder-page/link.ts';
import { addCardholderPage } from './cardholder-page/routes.ts';
import type { HostConfig } from './config.ts';
import { type DecisionWatch, decisionWatch } from './decision-watch.ts';
import { openEpoch } from './epoch/epoch.ts';
import { type Supervisor, superviseWork } from './epoch/supervisor.ts';
import { epochWatch } from './epoch/watch.ts';
import { openWitness, type Witness } from './epoch/witness.ts';
import { registerTills } from './fleet/fleet.ts';
import { startOutboxWorker } from './fleet/outbox.ts';
import { startVerifier } from './intake/verifier.ts';
import { type KeyStore, openKeyStore } from './keys/key-store.ts';
import { type SigningKey, stopListKey } from './keys/signing-key.ts';
import { openSharedLines, type SharedLines } from './lines/shared-lines.ts';
import { SmppNotifier } from './notices/smpp-notifier.ts';
import { noticeText } from './notices/text.ts';
import { type NoticesWorker, startNoticesWorker } from './notices/worker.ts';
import { startCardDestruction } from './payments/card-destruction.ts';
import { takeOver } from './payments/claims.ts';
import { refuseMissingBanks } from './payments/decisions.ts';
import type { FoldContext } from './payments/fold.ts';
import { startFolding } from './payments/fold-worker.ts';
import { type LateAnswers, lateAnswers } from './payments/late-answers.ts';
import { readMessageCard } from './payments/message-card.ts';
import { startPaymentAlarms } from './payments/payment-alarms.ts';
import { startPaymentsWorker } from './payments/worker.ts';
import { type OwnPeers, openPeers } from './peers/peers.ts';
import { type PeerTokens, peerTokens } from './peers/token.ts';
import { hostReadiness } from './readiness.ts';
import { mayTryDebt, type RecoveryContext, startRecovery, tryNow } from './recovery/recovery.ts';
import { issuerTable, loadIssuerRows, registerBanks } from './routing/index.ts';
import { startPublisher } from './stoplist/publisher.ts';
import {
  type Database,
  embeddedFolder,
  holdDataFolder,
  migrate,
  openDatabase,
  startEmbedded,
  type Worker,
} from './store/index.ts';

const minGapMs = 12 * 3_600_000;

/** The payment host: intake → payments → banks → recovery → stop-list, and its HTTP API. */
export async function startHost({
  config,
  clock,
  log,
}: ProcessContext<HostConfig>): Promise<RunningProcess & { port: number }> {
  // First what may be wrong in the config: a host that cannot start leaves no database server behind.
  const keys = openKeys(config);
  const folder = holdDataFolder(config.dataDir);
  const store = await openStore(config, log).catch((error: unknown) => {
    folder.release();
    throw error;
  });
  const { database } = store;
  const closeStore = async (): Promise<void> => {
    await database.close();
    await store.stop();
    folder.release();
  };
  try {
    const hostName = await prepareStore(database, { config, clock, log });
    const hostKey = await stopListKey(database, keys);
    const witness = openWitness(config.witnessFile ?? join(config.dataDir, 'witness'));
    const tokens = peerTokens(keys.linkKey());
    const peers = openPeers({ database, clock, log, hostName, tokens });
    const watch = decisionWatch(clock);
    const decided = (key: string): void => {
      watch.notify(key);
      // A buyer may wait at another host.
      peers.tell({ kind: 'decided', key });
    };
    const own = { config, clock, log, database, keys, hostKey, hostName, witness };
    const context = { ...own, watch, decided, peers, tokens };
    const supervisor = await superviseWork<Work>({
      look: epochWatch(context).look,
      start: (mayLeave) => startWork(context, mayLeave),
      stop: stopWork,
      clock,
      log,
    });
    store.onLost(supervisor.distrust);
    const stopAll = async (): Promise<void> => {
      await supervisor.stop();
      await peers.stop();
      witness.close();
    };
    const server = await serve(context, supervisor);
    const port = await listen(server, config.port).catch(async (error: unknown) => {
      await stopAll();
      throw error;
    });
    peers.appear(config.peerUrl ?? `http://127.0.0.1:${port}`);
    return {
      port,
      stop: async () => {
        await server.close();
        await stopAll();
        await closeStore();
      },
    };
  } catch (error) {
    await closeStore();
    throw error;
  }
}

/** The passphrase is overwritten once it has opened the keys. */
function openKeys({ keyStore: { file, passphraseFile, dataKeys } }: HostConfig): KeyStore {
  return lend(readFileSync(passphraseFile), (passphrase) => openKeyStore(file, passphrase, dataKeys));
}

/** Brings the store up to date with program and config; resolves with this host's name in it. */
async function prepareStore(
  database: Database,
  { config, clock, log }: ProcessContext<HostConfig>,
): Promise<string> {
  const migrations = await migrate(database, clock.nowMs());
  if (migrations.length > 0) log.info({ migrations }, 'store brought up to date');
  const bankIds = config.banks.map(({ bankId }) => bankId);
  await refuseMissingBanks(database, bankIds);
  await registerTills(database, config.tills);
  await registerBanks(database, bankIds, clock.nowMs());
  const hostName = nameOf(config.dataDir);
  await takeOver(database, hostName, clock.nowMs());
  await openEpoch(database, clock.nowMs());
  return hostName;
}

interface OpenStore {
  database: Database;
  stop: () => Promise<void>;
  /** Calls `act` whenever a connection to the store is lost. */
  onLost: (act: () => void) => void;
}

async function openStore(config: HostConfig, log: Logger): Promise<OpenStore> {
  const acts: (() => void)[] = [];
  const onLost = (act: () => void): void => void acts.push(act);
  const onError = (error: Error): void => {
    log.warn({ err: error }, 'a connection to the database was lost');
    for (const act of acts) act();
  };
  if (config.databaseUrl !== undefined)
    return { database: openDatabase(config.databaseUrl, onError), stop: async () => {}, onLost };
  const server = await startEmbedded(config.dataDir, (what) => log.warn({ what }, 'the embedded database'));
  log.info(
    { folder: embeddedFolder(config.dataDir), wasAdopted: server.wasAdopted },
    'the embedded database runs',
  );
  return { database: openDatabase(server.url, onError), stop: () => server.stop(), onLost };
}

interface Context {
  config: HostConfig;
  clock: ProcessContext<HostConfig>['clock'];
  log: Logger;
  database: Database;
  keys: KeyStore;
  hostKey: SigningKey;
  witness: Witness;
  watch: DecisionWatch;
  /** Who waits for it, here or at another host, can be answered. */
  decided: (key: string) => void;
  hostName: string;
  peers: OwnPeers;
  tokens: PeerTokens;
}

interface Work {
  banks: SharedLines;
  notifier: SmppNotifier;
  workers: Worker[];
  folding: Worker;
  payments: Worker;
  alarms: Worker;
  late: LateAnswers;
  recovery: RecoveryContext;
  debts: Worker;
}

/** Contracts as sessions need them: what a contract does not say of the trade is the merchant's. */
const bankAddresses = ({ banks, merchant }: HostConfig): BankAddress[] =>
  banks.map((bank) => ({
    ...bank,
    merchantCategoryCode: bank.merchantCategoryCode ?? merchant.categoryCode,
  }));

/** This host's name in the store: made at its first start, so that its next life knows what it had claimed. */
function nameOf(dataDir: string): string {
  const file = join(dataDir, 'host-name');
  if (!existsSync(file)) createFile(file, randomUUID());
  return readFileSync(file, 'utf8');
}

async function stopWork(work: Work): Promise<void> {
  const ending = work.workers.map((worker) => worker.stop());
  await Promise.all([work.banks.close(), work.notifier.close()]);
  await Promise.all([...ending, work.late.stop()]);
}

function startWork(context: Context, mayLeave: () => boolean): Work {
  const { config, clock, log, database, keys, decided, hostName, witness } = context;
  const late = lateAnswers({
    database,
    clock,
    log,
    contracts: config.banks,
    onRecorded: () => {
      payments.wake();
      alarms.wake();
    },
  });
  const banks = openSharedLines({
    ...{ database, clock, log, hostName, peers: context.peers },
    banks: bankAddresses(config),
    onLateAnswer: late.take,
    random: Math.random,
    cardOf: (paymentId, isByTrack) => readMessageCard(database, keys, paymentId, isByTrack),
  });
  const alarms = startPaymentAlarms(database, clock, log);
  const { notifier, notices } = startNotices(context);
  const publisher = startPublisher(database, clock, log);
  const recovery: RecoveryContext = {
    database,
    clock,
    log,
    policy: { ...config.recovery, timeZone: config.timeZone, minGapMs },
    onDecided: (paymentId) => decided(debtKey(paymentId)),
    wakeOthers: () => {
      for (const worker of [payments, notices, publisher]) worker.wake();
    },
  };
  const debts = startRecovery(recovery);
  const outbox = startOutboxWorker(database, clock, log);
  const { returnWindowMs } = config;
  const destruction = startCardDestruction({ database, keys, clock, log, returnWindowMs });
  const payments = startPaymentsWorker({
    database,
    banks,
    keys,
    clock,
    log,
    contracts: config.banks,
    newLease: () => `${hostName}/${randomUUID()}`,
    mayLeave,
    onLeaving: witness.recordSent,
    onBlock: witness.recordBlock,
    onAlarm: () => alarms.wake(),
    onBooked: (paymentId) => {
      decided(paymentId);
      for (const worker of [debts, outbox, destruction]) worker.wake();
    },
  });
  const { bankWindowMs, currency, timeZone } = config;
  const issuers = issuerTable(loadIssuerRows(), config.banks);
  const fold: FoldContext = {
    database,
    log,
    bankWindowMs,
    currency,
    timeZone,
    issuers,
    keys,
    onQuarantined: decided,
  };
  const folding = startFolding(fold, clock, () => {
    for (const worker of [payments, debts, alarms, destruction]) worker.wake();
  });
  const workers = [folding, payments, alarms, outbox, debts, notices, publisher, destruction];
  return { banks, notifier, workers, folding, payments, alarms, late, recovery, debts };
}

function startNotices({ config, clock, log, database, keys }: Context): {
  notifier: SmppNotifier;
  notices: NoticesWorker;
} {
  const notifier = new SmppNotifier(config.smsc, clock, log, {
    onReady: () => notices.wake(),
    onReceipt: (receipt) => notices.receipt(receipt),
  });
  const textOf = noticeText({
    language: config.language,
    shop: config.merchant.name,
    linkOf: (paymentId, atMs) => `${config.publicUrl}/d/${linkToken(keys.linkKey(), paymentId, atMs)}`,
  });
  const notices = startNoticesWorker(database, notifier, textOf, clock, log);
  return { notifier, notices };
}

/** A debt is decided after its payment: recovery has to have booked it. */
const debtKey = (paymentId: string): string => `debt ${paymentId}`;

/** How long the page waits for the bank before it says that the attempt is still under way. */
const pageWaitMs = 5_000;

async function serve(context: Context, supervisor: Supervisor<Work>) {
  const { config, clock, log, database: store, keys, hostKey, watch, witness } = context;
  const work = supervisor.current;
  const database = withStoreProblems(store);
  const server = await createApiServer({
    title: 'Bivak host',
    version: '1.0.0',
    log,
    bodyLimitBytes: 4_194_304,
    currency: config.currency,
    readiness: hostReadiness({ database: store, work }),
  });
  const verifier = startVerifier(log);
  server.addHook('onClose', () => verifier.close());
  addUplinkRoutes(server, {
    database,
    keys,
    clock,
    verify: verifier.verify,
    limits: config.limits,
    bankWindowMs: config.bankWindowMs,
    recoveryWindowMs: config.recovery.windowMs,
    hostKey,
    onJournal: () => work()?.folding.wake(),
    decidedWithin: (paymentId, waitMs) => watch.wait(paymentId, waitMs),
  });
  addPaymentRoutes(server, {
    database,
    clock,
    log,
    currency: config.currency,
    onDecided: () => {
      work()?.payments.wake();
      work()?.alarms.wake();
    },
  });
  addDebtRoutes(server, { database, clock, log, onDecided: () => work()?.debts.wake() });
  addAlarmRoutes(server, database, clock);
  addAccountingRoutes(server, {
    database,
    clock,
    log,
    onDecided: () => {
      work()?.folding.wake();
      work()?.payments.wake();
      work()?.alarms.wake();
    },
  });
  addOverviewRoutes(server, {
    database,
    banks: { states: () => work()?.banks.states() ?? [] },
    settings: config.banks,
    currency: config.currency,
    isBusy: () => work()?.workers.some((worker) => worker.isBusy()) ?? false,
  });
  addStoreRoutes(server, {
    database,
    clock,
    log,
    banks: config.banks,
    witnessedBlock: witness.maxBlock,
    onDecided: supervisor.wake,
    onCleared: () => work()?.payments.wake(),
  });
  addPeerRoutes(server, {
    ...{ clock, tokens: context.tokens, peers: context.peers },
    lines: () => work()?.banks ?? null,
    onDecided: watch.notify,
  });
  servePage(server, context, database, work);
  return server;
}

function servePage(
  server: ApiServer,
  { config, clock, keys, watch }: Context,
  database: Database,
  work: () => Work | null,
): void {
  addCardholderPage(server, {
    database,
    clock,
    linkKey: keys.linkKey(),
    shop: config.merchant.name,
    language: config.language,
    mayTry: (bucket, paymentId) => mayTryDebt(database, bucket, paymentId, clock.nowMs()),
    tryNow: async (bucket, paymentId) => {
      const recovery = work()?.recovery;
      if (recovery === undefined) throw new Problem('store-in-doubt', {});
      return tryNow(recovery, bucket, paymentId);
    },
    decided: (paymentId) => watch.wait(debtKey(paymentId), pageWaitMs),
  });
}

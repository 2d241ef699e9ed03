import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock, Timer } from '@bivak/clock';
import { type ApiServer, createApiServer, listen } from '@bivak/http-api';
import { createRenderer } from '@bivak/messages';
import type { Logger, RunningProcess } from '@bivak/process';
import { guardLoopback } from './api/loopback-guard.ts';
import { addSaleRoutes } from './api/sale-routes.ts';
import { saleReceipt } from './api/sale-view.ts';
import { serveScreen } from './api/screen.ts';
import { addTillRoutes } from './api/till-routes.ts';
import { cardReader } from './card/index.ts';
import type { TillConfig } from './config.ts';
import { enrolmentStore, type TillKeys, tillKeys } from './enrolment/index.ts';
import type { FiscalRegister } from './fiscal/port.ts';
import { createTurns } from './in-turn.ts';
import { type Journal, openJournal } from './journal/index.ts';
import { limitsStore, outstandingProjection } from './limits/index.ts';
import { filePrinter, type ReceiptHead } from './receipt/index.ts';
import { totalsProjection } from './report/index.ts';
import {
  type Catalogue,
  CatalogueError,
  parseCatalogue,
  readerKeys,
  saleService,
  saleStore,
  salesProjection,
  signing,
  startOpenSalesResolver,
} from './sale/index.ts';
import { shiftProjection, shiftService } from './shift/index.ts';
import { driveWatch, tillReadiness } from './status/index.ts';
import { stopListStore } from './stoplist/index.ts';
import {
  forgetting,
  hostClient,
  linkWatch,
  operatorDrain,
  startUplink,
  tillMemory,
  uplinkStore,
} from './uplink/index.ts';

export const softwareVersion = '0.1.0';

/** What a till is built from: its configuration, its clock, its log, and its fiscal device. */
export interface TillParts {
  config: TillConfig;
  clock: Clock;
  log: Logger;
  fiscal: FiscalRegister;
}

export interface RunningTill extends RunningProcess {
  /** HTTP port of API and screen. */
  port: number;
}

/** Every table that is folded from the journal. */
export const projections = [shiftProjection, salesProjection, outstandingProjection, totalsProjection];

/** Starts a till: opens its journal, resolves what the last run left open, serves, and ships. */
export async function startTill(parts: TillParts): Promise<RunningTill> {
  const { config } = parts;
  const catalogue = await readCatalogue(config.catalogueFile);
  const keys = tillKeys(config.dataDir);
  const { dataDir, tillId, timeZone } = config;
  const journal = openJournal({ dataDir, tillId, timeZone, keys, clock: parts.clock, projections });
  try {
    return await runOn(journal, keys, catalogue, parts);
  } catch (error) {
    journal.close();
    throw error;
  }
}

async function readCatalogue(file: string): Promise<Catalogue> {
  try {
    return parseCatalogue(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof CatalogueError) throw new Error(`catalogue ${file}, ${error.message}`);
    throw error;
  }
}

async function runOn(
  journal: Journal,
  keys: TillKeys,
  catalogue: Catalogue,
  parts: TillParts,
): Promise<RunningTill> {
  const { config, log } = parts;
  journal.append({ kind: 'till.started', body: { softwareVersion } });
  const counter = openCounter(journal, parts);
  const outside = openUplink(journal, keys, counter, parts);
  const sales = saleService({
    ...counter,
    journal,
    catalogue,
    clock: parts.clock,
    currency: config.currency,
    askAboutDoublesWithinMs: config.askAboutDoublesWithinMs,
    online: outside.uplink,
    isRolledBack: () => counter.uplinkState.state().hostAheadSeq !== null,
  });
  const resolver = await startOpenSalesResolver({ ...counter, clock: parts.clock, log });
  counter.shift.watch(counter.inTurn);
  const tidying = tidyBetweenSales(journal, counter, parts);
  const { tillId, currency } = config;
  const { dataDir, reader: readerAddress } = config;
  const { drive, reader } = counter;
  const readiness = tillReadiness({ dataDir, journal, drive, reader, readerAddress });
  const server = await createApiServer({
    title: `Till ${tillId}`,
    version: '1.0.0',
    log,
    currency,
    readiness,
  });
  guardLoopback(server);
  const { store, view, printer } = counter;
  addSaleRoutes(server, { saleService: sales, sales: store, view, printer });
  addTillRoutes(server, { ...tillRoutes(journal, catalogue, counter, parts), ...counter });
  await serveScreen(server, config.screenDir ?? fileURLToPath(new URL('../dist', import.meta.url)));
  const port = await listen(server, config.port);
  log.info({ tillId, port, entries: journal.lastSeq() }, 'the till is open');
  return {
    port,
    stop: () =>
      stopInOrder(server, [resolver, tidying, counter.shift, counter.link], outside, counter, journal, parts),
  };
}

/** What happens at the counter, without a link. */
function openCounter(journal: Journal, { config, clock, log, fiscal }: TillParts) {
  const { merchant, place, timeZone, cashier, registration } = config;
  const inTurn = createTurns();
  const limits = limitsStore(journal);
  const stopList = stopListStore(journal);
  const store = saleStore(journal);
  const uplinkState = uplinkStore(journal);
  const drive = driveWatch({ fiscal, clock });
  void drive.look(); // known by the time that a screen asks for it
  const printer = filePrinter(join(config.dataDir, 'printer.escpos'));
  const { serialNumber, taxSystem } = registration;
  const head: ReceiptHead = { merchant, place, timeZone, serialNumber, cashier, taxSystem };
  // A receipt is a Russian document, in whatever language the cashier reads the screen (54-ФЗ, art. 4.7).
  const { t } = createRenderer({ language: 'ru' });
  const reader = cardReader({ address: config.reader, clock, log });
  const shift = shiftService({
    journal,
    fiscal,
    registration: { ...registration, merchant, place, cashier },
    cashier,
    clock,
    log,
  });
  const onAccepted = (saleId: string): void => {
    const receipt = saleReceipt(store.byId(saleId)!, { head, t });
    void printer
      .print(receipt!)
      .catch((error: unknown) => log.warn({ saleId, err: error }, 'no receipt was printed'));
    void drive.look().catch((error: unknown) => log.warn({ err: error }, 'could not look at the drive'));
  };
  const limitsInForce = () => uplinkState.state().limits ?? config.limits;
  return {
    inTurn,
    limits,
    limitsInForce,
    stopList,
    store,
    uplinkState,
    drive,
    printer,
    reader,
    readerKeys: readerKeys(journal),
    shift,
    signing: signing({ journal, store, fiscal, shift, cashier, onAccepted }),
    knowledge: {
      limits,
      stopList,
      limitsInForce,
      unreadableReaderKeys: () => uplinkState.state().unreadableReaderKeys,
      newestAtMs: journal.newestAtMs,
    },
    view: { head, t, limits, acknowledgedSeq: () => uplinkState.state().acknowledgedSeq },
    link: linkWatch({ store: uplinkState, clock, log }),
  };
}
type Counter = ReturnType<typeof openCounter>;

/** The ways out: to the host, and from the drive to the fiscal operator. */
function openUplink(
  journal: Journal,
  keys: TillKeys,
  counter: Counter,
  { config, clock, log, fiscal }: TillParts,
) {
  const { tillId, hostUrl, enrolmentCode, operator } = config;
  const drain = operatorDrain({ fiscal, operator, log });
  const client = hostClient({
    hostUrl,
    tillId,
    privateKey: keys.privateKey,
    clock,
    memory: () => tillMemory(counter),
    onEvent: counter.link.record,
  });
  const uplink = startUplink({
    journal,
    client,
    store: counter.uplinkState,
    forget: forgetting({ journal, sales: counter.store, log }),
    enrolment: enrolmentStore(journal),
    stopList: counter.stopList,
    limits: counter.limits,
    clock,
    log,
    link: counter.link.state,
    enrolmentCode,
    publicKey: keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    onContact: drain.wake,
  });
  journal.onAppend(uplink.wake);
  return { uplink, drain };
}

const tidyEveryMs = 10_000;

/** Tidies the database between two sales, so that it never takes time from one under way. */
function tidyBetweenSales(
  journal: Journal,
  { inTurn }: Counter,
  { clock, log }: TillParts,
): { stop(): void } {
  let timer: Timer;
  let stopped = false;
  const watch = (): void => {
    timer = clock.at(clock.nowMs() + tidyEveryMs, () => {
      void inTurn(async () => {
        if (!stopped) journal.tidy();
      })
        .catch((error: unknown) => log.warn({ err: error }, 'could not tidy the database'))
        .then(() => (stopped ? undefined : watch()));
    });
  };
  watch();
  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}

function tillRoutes(journal: Journal, catalogue: Catalogue, counter: Counter, { config, clock }: TillParts) {
  const { tillId, merchant, place, timeZone, currency } = config;
  const about = { tillId, merchant, place, timeZone, currency };
  return {
    catalogue,
    currency,
    report: { journal, ...about, t: counter.view.t },
    status: {
      ...counter,
      ...about,
      clock,
      journal,
      sales: counter.store,
      uplink: counter.uplinkState,
      link: counter.link.state,
    },
  };
}

/** No new requests; the sale under way ends; then the ways out, the drive and the journal are closed. */
async function stopInOrder(
  server: ApiServer,
  watches: readonly { stop(): void }[],
  outside: ReturnType<typeof openUplink>,
  counter: Counter,
  journal: Journal,
  { fiscal }: TillParts,
): Promise<void> {
  for (const watch of watches) watch.stop();
  counter.reader.close();
  await counter.inTurn(async () => {});
  await server.close();
  await outside.uplink.stop();
  await outside.drain.stop();
  await fiscal.close();
  journal.close();
}

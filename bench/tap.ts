import { generateKeyPairSync } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@bivak/clock';
import type { Check } from '@bivak/domain';
import type { EntryDraft } from '@bivak/journal';
import { type Journal, openJournal } from '../apps/till/src/journal/index.ts';
import { projections } from '../apps/till/src/till.ts';

interface Figures {
  median: number;
  p99: number;
}

const warmUp = 200;
const samples = 2_000;
/** A slow disk gets fewer samples, not more time. */
const maxRunMs = 30_000;

/**
 * A sale's durable writes as the till makes them (intent before the drive is asked, acceptance after: two commits, each
 * signed, chained and folded) against writing the same bytes to a bare file with an fsync after each of the two. Both
 * on the same disk, by turns in the same run, so that whatever slows the disk slows both. The till copies SQLite's log
 * into the database between two sales; so does this, outside the measured time, and says how long that took.
 */
export async function run(): Promise<{
  name: 'tap';
  ours: Figures & { betweenSales: { times: number; maxMs: number } };
  peers: Record<string, Figures>;
  bound: Figures;
  ratio: Figures;
  unit: string;
}> {
  const folder = benchFolder();
  const journal = openBenchJournal(folder);
  const bare = openSync(join(folder, 'bare'), 'a');
  try {
    const { oursMs, bareMs, tidyMs } = measure(journal, bare);
    const betweenSales = { times: tidyMs.length, maxMs: Number(Math.max(0, ...tidyMs).toFixed(4)) };
    const [ours, bound] = [{ ...figures(oursMs), betweenSales }, figures(bareMs)];
    const ratio = { median: ours.median / bound.median, p99: ours.p99 / bound.p99 };
    return { name: 'tap', ours, peers: { 'write + fsync': bound }, bound, ratio, unit: 'ms a sale' };
  } finally {
    closeSync(bare);
    journal.close();
    rmSync(folder, { recursive: true });
  }
}

/** In the project's own folder of data: the system's temporary folder may lie in memory. */
function benchFolder(): string {
  const root = fileURLToPath(new URL('../.bivak', import.meta.url));
  mkdirSync(root, { recursive: true });
  return mkdtempSync(join(root, 'bench-tap-'));
}

function openBenchJournal(folder: string): Journal {
  return openJournal({
    dataDir: join(folder, 'till'),
    tillId: 'till-1',
    timeZone: 'Europe/Moscow',
    keys: generateKeyPairSync('ed25519'),
    clock: systemClock,
    projections,
  });
}

/** Sales between two looks of the till at its log, about as many as are made in ten busy seconds. */
const salesBetweenTidying = 10;

function measure(journal: Journal, bare: number): { oursMs: number[]; bareMs: number[]; tidyMs: number[] } {
  const oursMs: number[] = [];
  const bareMs: number[] = [];
  const tidyMs: number[] = [];
  const beganMs = performance.now();
  for (let number = 1; number <= warmUp + samples; number++) {
    if (performance.now() - beganMs > maxRunMs && oursMs.length > 0) break;
    const drafts = [
      { draft: intent(number), beside: { card: { ciphertext: 'a5'.repeat(40) } } },
      { draft: acceptance(number), beside: {} },
    ];
    const ours = timed(() => {
      for (const { draft, beside } of drafts) journal.append(draft, undefined, beside);
    });
    const lines = journal
      .sealedAfter(journal.lastSeq() - drafts.length, 1_000_000)
      .map(({ payload, signature, attachments }) => `${payload}${signature}${JSON.stringify(attachments)}`);
    const plain = timed(() => {
      for (const line of lines) {
        writeSync(bare, line);
        fsyncSync(bare);
      }
    });
    const tidied = number % salesBetweenTidying === 0 ? timed(journal.tidy) : 0;
    if (number <= warmUp) continue;
    if (tidied > 0.1) tidyMs.push(tidied); // less is a look that found nothing to do
    oursMs.push(ours);
    bareMs.push(plain);
  }
  return { oursMs, bareMs, tidyMs };
}

function timed(work: () => void): number {
  const beganMs = performance.now();
  work();
  return performance.now() - beganMs;
}

function figures(samplesMs: readonly number[]): Figures {
  const sorted = samplesMs.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    Number(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(4));
  return { median: at(0.5), p99: at(0.99) };
}

const saleIdOf = (number: number): string => `till-1-${String(number).padStart(6, '0')}`;

function intent(number: number): EntryDraft {
  const lineItems = [0, 1, 2].map((index) => ({
    sku: `BUF-0${10 + ((number + index * 7) % 50)}`,
    name: 'Чай чёрный в подстаканнике',
    quantity: 1 + index,
    priceMinor: 12_000,
    sumMinor: 12_000 * (1 + index),
    vatRate: index === 2 ? ('10' as const) : ('22' as const),
  }));
  return {
    kind: 'sale.intent',
    body: {
      saleId: saleIdOf(number),
      saleKey: crypto.randomUUID(),
      lineItems,
      totalMinor: 72_000,
      currency: 'RUB',
      tender: 'card',
      shiftNumber: 1,
      requestedMode: 'offline',
      card: {
        ksn: number.toString(16).padStart(24, '0'),
        maskedPan: '220220******1234',
        cardReference: (number % 997).toString(16).padStart(64, '0'),
        expiry: '2912',
        serviceCode: '201',
      },
      checks: checks(),
    },
  };
}

/** As many as acceptance makes without a link. */
function checks(): Check[] {
  const passed = true;
  return [
    { name: 'stop-list', isListed: false, passed },
    { name: 'stop-list-age', valueMs: 300_000, limitMs: 604_800_000, passed },
    { name: 'expiry', expiry: '2912', passed },
    { name: 'clock', valueMs: 0, limitMs: 300_000, passed },
    { name: 'offline-permitted', serviceCode: '201', passed },
    { name: 'sale-sum', valueMinor: 72_000, limitMinor: 500_000, passed },
    { name: 'card-sum', valueMinor: 72_000, limitMinor: 700_000, passed },
    { name: 'card-count', valueCount: 1, limitCount: 6, passed },
    { name: 'till-sum', valueMinor: 72_000, limitMinor: 20_000_000, passed },
    { name: 'till-count', valueCount: 1, limitCount: 300, passed },
  ];
}

function acceptance(number: number): EntryDraft {
  return {
    kind: 'sale.accepted',
    body: {
      saleId: saleIdOf(number),
      mode: 'offline',
      checks: checks(),
      fiscal: {
        driveNumber: '9999078900005488',
        registrationNumber: '0000001001012345',
        documentNumber: number,
        fiscalSign: 1_697_013_557,
        shiftNumber: 1,
        receiptNumber: number,
        signedAt: '2026-11-24T09:05:00.000Z',
        qr: 't=20261124T1205&s=720.00&fn=9999078900005488&i=91&fp=1697013557&n=1',
      },
    },
  };
}

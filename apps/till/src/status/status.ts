import type { Clock } from '@bivak/clock';
import type { tillApi } from '@bivak/contracts';
import type { OfflineLimits } from '@bivak/domain';
import type { CardReader } from '../card/index.ts';
import type { Journal } from '../journal/index.ts';
import type { LimitsStore } from '../limits/index.ts';
import type { SaleStore } from '../sale/index.ts';
import type { ShiftService } from '../shift/index.ts';
import type { StopListStore } from '../stoplist/index.ts';
import type { LinkState, UplinkStore } from '../uplink/index.ts';
import { type DriveWatch, driveWindowMs } from './drive-watch.ts';

export interface StatusOptions {
  tillId: string;
  merchant: { name: string };
  place: string;
  timeZone: string;
  currency: string;
  clock: Clock;
  journal: Journal;
  sales: SaleStore;
  limits: LimitsStore;
  limitsInForce: () => OfflineLimits;
  stopList: StopListStore;
  shift: ShiftService;
  reader: CardReader;
  drive: DriveWatch;
  uplink: UplinkStore;
  link: () => LinkState;
}

const instantOrNull = (atMs: number | null): string | null =>
  atMs === null ? null : new Date(atMs).toISOString();
const plus = (atMs: number | null, durationMs: number): string | null =>
  atMs === null ? null : instantOrNull(atMs + durationMs);

/** The till now, as the screen's bar and the operator need to know it. */
export function tillStatus(options: StatusOptions): tillApi.TillStatus {
  const { journal, clock, uplink } = options;
  const nowMs = clock.nowMs();
  const { acknowledgedSeq, hostAheadSeq } = uplink.state();
  const link = options.link();
  const queue = options.sales.toShip(acknowledgedSeq);
  const shift = options.shift.current();
  return {
    tillId: options.tillId,
    merchant: options.merchant.name,
    place: options.place,
    timeZone: options.timeZone,
    now: new Date(nowMs).toISOString(),
    currency: options.currency,
    link: {
      state: link.state,
      since: new Date(link.sinceMs).toISOString(),
      lastContactAt: instantOrNull(link.lastContactMs),
    },
    queue: {
      entries: Math.max(0, journal.lastSeq() - acknowledgedSeq),
      sales: queue.count,
      sumMinor: queue.sumMinor,
      oldestAt: instantOrNull(queue.oldestAtMs),
    },
    clocks: clocks(options, nowMs),
    limits: limitsLeft(options),
    stopList: stopListNow(options.stopList, nowMs),
    shift: { number: shift.number, open: shift.open, openedAt: instantOrNull(shift.openedAtMs) },
    drive: options.drive.now(),
    cardPrompt: options.reader.prompt(),
    isRolledBack: hostAheadSeq !== null,
  };
}

function clocks({ limits, uplink, drive }: StatusOptions, nowMs: number): tillApi.TillStatus['clocks'] {
  const { bankWindowMs, recoveryWindowMs } = uplink.state();
  const { oldestUnsentAt } = drive.now();
  return {
    bankDueAt: plus(limits.oldestSoldAtMs(), bankWindowMs),
    recoveryEndsAt: plus(limits.oldestDeclinedAtMs(nowMs, recoveryWindowMs), recoveryWindowMs),
    driveDueAt: plus(oldestUnsentAt === null ? null : Date.parse(oldestUnsentAt), driveWindowMs),
  };
}

function limitsLeft({ limits, limitsInForce }: StatusOptions): tillApi.TillStatus['limits'] {
  const { perSaleMinor, perCardMinor, perCardCount, perTillMinor, perTillCount } = limitsInForce();
  const { sumMinor, count } = limits.onTill();
  return {
    perSaleMinor,
    perCardMinor,
    perCardCount,
    tillMinorLeft: Math.max(0, perTillMinor - sumMinor),
    tillCountLeft: Math.max(0, perTillCount - count),
  };
}

function stopListNow(stopList: StopListStore, nowMs: number): tillApi.TillStatus['stopList'] {
  const { version, issuedAtMs, entries } = stopList.current();
  return {
    version,
    entries: entries.size,
    issuedAt: version === 0 ? null : new Date(issuedAtMs).toISOString(),
    ageMs: stopList.ageMs(nowMs),
  };
}

import type { hostApi } from '@bivak/contracts';
import { createRenderer, type Language } from '@bivak/messages';

const at = '2026-11-24T05:00:00.000Z';

/** A renderer as the screen has it, in Moscow, with banks that have names. */
export const testRenderer = (language: Language) =>
  createRenderer({
    language,
    timeZone: 'Europe/Moscow',
    currency: 'RUB',
    nameOfBank: (bankId) => ({ ural: 'Ural Bank', volga: 'Volga Bank' })[bankId] ?? bankId,
  });

export const testMoney = (
  sums: Partial<Record<Exclude<keyof hostApi.Money, 'currency' | 'unaccounted'>, number>>,
): hostApi.Money => {
  const stage = (sumMinor = 0) => ({ count: sumMinor === 0 ? 0 : 1, sumMinor });
  const { toBeSent, atBanks, collected, declined, recovered, stopListed } = sums;
  return {
    currency: 'RUB',
    toBeSent: stage(toBeSent),
    atBanks: stage(atBanks),
    collected: stage(collected),
    declined: stage(declined),
    recovered: stage(recovered),
    stopListed: stage(stopListed),
    unaccounted: { count: 0, sumMinor: 0, otherSums: 0 },
  };
};

export const testStore: hostApi.Store = {
  epoch: 1,
  epochId: 'first',
  beganAt: at,
  decidedBy: null,
  why: null,
  doubts: [],
  atStake: { count: 0, sumMinor: 0 },
  perhapsDebited: { count: 0, sumMinor: 0 },
  options: [],
};

export const testWork = (waiting: hostApi.Work['waiting']): hostApi.Work => ({
  intakeBacklog: 0,
  paymentsInFlight: 0,
  debtsAttempting: 0,
  noticesInFlight: 0,
  waiting,
  nextDueAt: null,
});

export const testTill = (till: Partial<hostApi.TillSummary>): hostApi.TillSummary => ({
  tillId: 'till-1',
  place: 'Train 5, car 3',
  enrolledAt: at,
  lastContactAt: at,
  acknowledgedSeq: 0,
  stopListVersion: null,
  cardSales: 0,
  cashSales: 0,
  quarantinedEntries: 0,
  unexplainedEntries: 0,
  unaccounted: { count: 0, sumMinor: 0, otherSums: 0 },
  alarms: [],
  ...till,
});

export const testDebt = (debt: Partial<hostApi.Debt>): hostApi.Debt => ({
  id: 'till-1-000001',
  paymentId: 'till-1-000001',
  tillId: 'till-1',
  state: 'open',
  amountMinor: 1,
  currency: 'RUB',
  maskedPan: '220220******1234',
  responseCode: '51',
  meaning: 'insufficient-funds',
  retryClass: 'later',
  attemptsMade: 1,
  openedAt: at,
  declinedAt: at,
  nextAttemptAt: null,
  windowEndsAt: '2026-12-01T05:02:00.000Z',
  closedAt: null,
  hasContact: true,
  notices: [],
  neededDecision: null,
  decision: null,
  ...debt,
});

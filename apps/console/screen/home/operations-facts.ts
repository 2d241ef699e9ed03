import type { hostApi } from '@bivak/contracts';
import type { OperationsFacts } from '@bivak/messages';

/** What the console has read of the host. */
export interface OperationsRead {
  store: hostApi.Store;
  money: hostApi.Money;
  work: hostApi.Work;
  banks: readonly hostApi.Bank[];
  tills: readonly hostApi.TillSummary[];
  /** Payments of the stages before a bank's decision. */
  undecided: readonly hostApi.Payment[];
  nowMs: number;
}

/** All that decides what needs a person, from what the host gives page by page. */
export function operationsFacts(read: OperationsRead): OperationsFacts {
  const { store, banks, tills, undecided, nowMs } = read;
  const { doubts, atStake, perhapsDebited } = store;
  return {
    store: { isInDoubt: doubts.length > 0, atStake, perhapsDebited },
    banks,
    waiting: waitingOf(read),
    due: undecided.map(({ id, amountMinor, bankDueAt }) => ({ paymentId: id, amountMinor, bankDueAt })),
    tills,
    alarms: tills.flatMap(({ alarms }) => alarms),
    nowMs,
  };
}

/**
 * Payments that no bank has decided. A payment with a debt stands at its debt's stage even while another attempt waits, so
 * that more may wait than stand at the two stages before a decision.
 */
function waitingOf({ money, work }: Pick<OperationsRead, 'money' | 'work'>): OperationsFacts['waiting'] {
  const atStages = [money.toBeSent, money.atBanks];
  const sum = (stages: readonly hostApi.Stage[], of: 'count' | 'sumMinor') =>
    stages.reduce((total, stage) => total + stage[of], 0);
  const larger = (of: 'count' | 'sumMinor') => Math.max(sum(atStages, of), sum(work.waiting, of));
  return { count: larger('count'), sumMinor: larger('sumMinor'), byReason: work.waiting };
}

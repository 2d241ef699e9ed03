import { type DebtState, isPaidDebt, type NoticeKind, type RetryClass } from '@bivak/domain';

/** What decides which notices are due; instants in milliseconds. */
export interface DebtFacts {
  state: DebtState;
  /** True if the card is on the stop-list for this debt, also while another attempt is under way. */
  isListed: boolean;
  retryClass: RetryClass;
  openedAtMs: number;
  windowEndsAtMs: number;
}

const dayMs = 86_400_000;
/** A reminder that comes right after another one only annoys. */
const minGapMs = 6 * 3_600_000;

/**
 * The notices that are due now and were not made yet. Of reminders that fell due while nobody was there only the latest
 * is made; a paid debt is told of as paid and of nothing else.
 */
export function noticesDue(debt: DebtFacts, made: ReadonlySet<NoticeKind>, nowMs: number): NoticeKind[] {
  const due = dueNow(debt, made, nowMs);
  return due !== null && !made.has(due) ? [due] : [];
}

function dueNow(debt: DebtFacts, made: ReadonlySet<NoticeKind>, nowMs: number): NoticeKind | null {
  if (isPaidDebt(debt.state)) return 'paid';
  if (debt.state === 'stop-listed' || debt.isListed) return 'listed';
  if (debt.state !== 'open' && debt.state !== 'attempting') return null;
  const middleMs = (debt.openedAtMs + debt.windowEndsAtMs) / 2;
  const dayBeforeMs = debt.windowEndsAtMs - dayMs;
  const first = firstNotice(debt, made);
  if (first !== null) return first;
  if (nowMs >= dayBeforeMs && dayBeforeMs > debt.openedAtMs) return 'day-before';
  if (nowMs >= middleMs && middleMs > debt.openedAtMs + minGapMs) return 'middle';
  return null;
}

/** Who was told of a decline is not told that his bank cannot be reached; who was told that is told of a decline. */
function firstNotice({ retryClass }: DebtFacts, made: ReadonlySet<NoticeKind>): NoticeKind | null {
  if (made.has('declined')) return null;
  if (retryClass !== 'unreachable') return 'declined';
  return made.has('bank-unreachable') ? null : 'bank-unreachable';
}

/** When the next reminder falls due after `nowMs`; null if none is left. */
export function nextNoticeMs(debt: DebtFacts, nowMs: number): number | null {
  if (debt.isListed || (debt.state !== 'open' && debt.state !== 'attempting')) return null;
  const middleMs = (debt.openedAtMs + debt.windowEndsAtMs) / 2;
  const ahead = [middleMs, debt.windowEndsAtMs - dayMs].filter((atMs) => atMs > nowMs);
  return ahead.length === 0 ? null : Math.min(...ahead);
}

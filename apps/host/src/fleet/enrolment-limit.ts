import { Problem } from '@bivak/domain';

/** How many wrong codes are free, and how the wait grows with each one behind them; all is forgotten after a quiet time. */
interface Allowance {
  free: number;
  firstWaitMs: number;
  maxWaitMs: number;
}
const forTill: Allowance = { free: 5, firstWaitMs: 1_000, maxWaitMs: 15 * 60_000 };
/** Over all tills, so that going from till to till is no way around. Shorter: a guesser keeps no till of the fleet out for long. */
const forAll: Allowance = { free: 30, firstWaitMs: 1_000, maxWaitMs: 5_000 };
const forgottenAfterMs = 60 * 60_000;

/** Of a till, or of all. */
interface Tally {
  wrong: number;
  lastMs: number;
  notBeforeMs: number;
}

/** The wait behind the n-th wrong code. */
function waitMs({ free, firstWaitMs, maxWaitMs }: Allowance, wrong: number): number {
  return wrong < free ? 0 : Math.min(maxWaitMs, firstWaitMs * 2 ** (wrong - free));
}

function counted(tally: Tally | undefined, allowance: Allowance, nowMs: number): Tally {
  const isForgotten = tally === undefined || nowMs - tally.lastMs > forgottenAfterMs;
  const wrong = (isForgotten ? 0 : tally.wrong) + 1;
  return { wrong, lastMs: nowMs, notBeforeMs: nowMs + waitMs(allowance, wrong) };
}

/**
 * Limits the guessing of enrolment codes at this host. An attempt counts as a wrong code from its beginning, until it is known
 * to be none, so that attempts that come at once are counted as well.
 */
export interface EnrolmentLimit {
  /** Throws Problem `too-many-attempts` if an attempt for this till may not be made now. */
  begin(tillId: string, nowMs: number): void;
  /** The attempt was no guess: the code was right, or nobody looked at it. */
  undo(tillId: string): void;
  /** There is no such till: the attempt counts over all. */
  leaveOut(tillId: string): void;
  /** Wrong codes for this till in a row; above the free ones somebody may be guessing. */
  wrongCodes(tillId: string): { count: number; isGuessing: boolean };
}

export function enrolmentLimit(): EnrolmentLimit {
  const tills = new Map<string, Tally>();
  let all: Tally | undefined;
  return {
    begin(tillId, nowMs) {
      const notBeforeMs = Math.max(tills.get(tillId)?.notBeforeMs ?? 0, all?.notBeforeMs ?? 0);
      if (nowMs < notBeforeMs) throw new Problem('too-many-attempts', { retryAfterMs: notBeforeMs - nowMs });
      tills.set(tillId, counted(tills.get(tillId), forTill, nowMs));
      all = counted(all, forAll, nowMs);
    },
    undo(tillId) {
      tills.delete(tillId);
      if (all !== undefined) all = { ...all, wrong: all.wrong - 1, notBeforeMs: 0 };
    },
    leaveOut: (tillId) => void tills.delete(tillId),
    wrongCodes(tillId) {
      const count = tills.get(tillId)?.wrong ?? 0;
      return { count, isGuessing: count >= forTill.free };
    },
  };
}

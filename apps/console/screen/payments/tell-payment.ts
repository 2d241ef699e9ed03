import type { hostApi } from '@bivak/contracts';
import type { Listener } from '../words/host-words.ts';
import { storyLine, type Told } from './story-words.ts';

/** A line of a payment's story at its instant; `isAhead` where it is still to come. */
export interface StoryLine extends Told {
  at: string;
  isAhead?: boolean;
}

/** Words that stand in the screen's own lists. */
export interface StoryNames {
  checksPassed: (count: number) => string;
  debtReason: (debt: hostApi.Debt) => string;
  notice: (notice: hostApi.Debt['notices'][number]) => Told;
  listed: Told;
  nextAttempt: string;
  stopListAhead: string;
}

/**
 * A payment from the counter to the money: what the host tells, what its debt adds (notices, stop-list), and what is still to
 * come, by time.
 */
export function tellPayment(
  payment: Pick<hostApi.PaymentDetail, 'story' | 'checks'>,
  debt: hostApi.Debt | undefined,
  listedAt: string | undefined,
  listener: Listener,
  names: StoryNames,
): StoryLine[] {
  const told = payment.story.map(({ at, what }): StoryLine => {
    const line = storyLine(listener, what);
    return { at, ...line, why: line.why ?? addedReason(what, payment, debt, names) };
  });
  const ofDebt: StoryLine[] = (debt?.notices ?? []).map((notice) => ({
    at: notice.at,
    ...names.notice(notice),
  }));
  if (listedAt !== undefined) ofDebt.push({ at: listedAt, ...names.listed });
  const past = [...told, ...ofDebt].toSorted((a, b) => a.at.localeCompare(b.at));
  return [...past, ...ahead(debt, names)];
}

/** Where the host's sentence says nothing of why, but the payment or its debt does. */
function addedReason(
  sentence: string,
  { checks }: Pick<hostApi.PaymentDetail, 'checks'>,
  debt: hostApi.Debt | undefined,
  names: StoryNames,
): string | undefined {
  if (sentence.startsWith('accepted offline at') && checks.length > 0 && checks.every(({ passed }) => passed))
    return names.checksPassed(checks.length);
  if (sentence === 'declined' && debt !== undefined) return names.debtReason(debt);
  return undefined;
}

function ahead(debt: hostApi.Debt | undefined, names: StoryNames): StoryLine[] {
  if (debt?.state !== 'open') return [];
  const lines: StoryLine[] = [];
  if (debt.nextAttemptAt !== null)
    lines.push({ at: debt.nextAttemptAt, what: names.nextAttempt, sign: 'plain', isAhead: true });
  lines.push({ at: debt.windowEndsAt, what: names.stopListAhead, sign: 'plain', isAhead: true });
  return lines;
}

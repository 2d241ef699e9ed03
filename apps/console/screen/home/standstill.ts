import type { hostApi } from '@bivak/contracts';

/** Reasons for which money stands still. That an answer is awaited is the way of every payment, and the stage says it. */
export const standstills = (work: hostApi.Work): hostApi.Work['waiting'] =>
  work.waiting
    .filter(({ kind, count }) => kind !== 'answer-pending' && count > 0)
    .toSorted((a, b) => b.sumMinor - a.sumMinor);

import type { hostApi } from '@bivak/contracts';
import { paymentHeadline, type Renderer } from '@bivak/messages';

/** Where a payment stands, in one sentence; undefined as long as its debt or the time is not known, which it depends on. */
export function headlineText(
  { state, isUnreached, wait, debtId }: Pick<hostApi.Payment, 'state' | 'isUnreached' | 'wait' | 'debtId'>,
  debt: hostApi.Debt | undefined,
  nowMs: number | undefined,
  renderer: Renderer,
): string | undefined {
  if (nowMs === undefined || (debtId !== null && debt === undefined))
    return wait === null ? undefined : renderer.wait(wait.reason, wait.untilAt);
  const ofDebt =
    debt === undefined
      ? null
      : {
          state: debt.state,
          nextAttemptAtMs: debt.nextAttemptAt === null ? null : Date.parse(debt.nextAttemptAt),
          windowEndsAtMs: Date.parse(debt.windowEndsAt),
        };
  return paymentHeadline({ state, isUnreached, wait, debt: ofDebt, nowMs }, renderer).sentence;
}

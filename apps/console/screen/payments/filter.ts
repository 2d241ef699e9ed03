import type { hostApi } from '@bivak/contracts';
import {
  type DebtState,
  debtState,
  type PaymentState,
  paymentState,
  type WaitKind,
  waitReason,
} from '@bivak/domain';

/** The stages of payments on the home page, by the states in which their payments are. */
const stageStates = {
  toBeSent: ['received', 'routed'],
  atBanks: ['sending', 'unknown', 'reversing', 'cancelling'],
  collected: ['collected'],
} as const satisfies Record<string, readonly PaymentState[]>;
export type PaymentStage = keyof typeof stageStates;
export const paymentStages = Object.keys(stageStates) as PaymentStage[];

/** In which states a payment may be that waits for this. */
const waitingStates: Readonly<Record<WaitKind, readonly PaymentState[]>> = {
  'answer-pending': ['sending'],
  // An approval that comes late is given back in any state.
  'reversal-unconfirmed': paymentState.options,
  'debit-not-seen-yet': paymentState.options,
  'completion-unconfirmed': ['sending', 'reversing'],
  'decision-needed': paymentState.options,
  'perhaps-debited': paymentState.options,
  'store-in-doubt': paymentState.options,
  'banks-blocked': stageStates.toBeSent,
  'banks-unreachable': stageStates.toBeSent,
  'banks-in-trouble': stageStates.toBeSent,
  'scheme-budget': stageStates.toBeSent,
  'card-data-unreadable': stageStates.toBeSent,
};
export const waitKinds: readonly WaitKind[] = waitReason.options.map(({ shape }) => shape.kind.value);

/** Which payments are shown. All of it stands in the page's address. */
export interface PaymentFilter {
  stage?: PaymentStage | undefined;
  state?: PaymentState | undefined;
  waitKind?: WaitKind | undefined;
  tillId?: string | undefined;
  search?: string | undefined;
}

/** The states to ask the host for; the empty one asks for all. */
export function paymentStates({ stage, state, waitKind }: PaymentFilter): readonly string[] {
  if (waitKind !== undefined) return waitingStates[waitKind];
  if (stage !== undefined) return stageStates[stage];
  return [state ?? ''];
}

/**
 * What the host is not asked for. A payment with a debt is counted at its debt's stage, whatever its own state; it waits all
 * the same.
 */
export function isInFilter(
  { stage, waitKind }: PaymentFilter,
  { debtId, wait }: Pick<hostApi.Payment, 'debtId' | 'wait'>,
): boolean {
  if (waitKind !== undefined) return wait?.reason.kind === waitKind;
  return stage === undefined || debtId === null;
}

/** The stages of debts on the home page, by the states of the host. */
const debtStageStates = {
  declined: ['open', 'attempting', 'held', 'given-up'],
  recovered: ['recovered', 'paid-after-listing'],
  stopListed: ['stop-listed'],
} as const satisfies Record<string, readonly DebtState[]>;
export type DebtStage = keyof typeof debtStageStates;
export const debtStages = Object.keys(debtStageStates) as DebtStage[];

/** Which debts are shown. */
export interface DebtFilter {
  stage?: DebtStage | undefined;
  state?: DebtState | undefined;
  search?: string | undefined;
}

export function debtMatches(filter: DebtFilter, debt: hostApi.Debt): boolean {
  const { stage, state, search } = filter;
  if (state !== undefined && debt.state !== state) return false;
  const states: readonly DebtState[] | undefined = stage === undefined ? undefined : debtStageStates[stage];
  if (states?.includes(debt.state) === false) return false;
  return searchMatches(search, debt.paymentId, debt.maskedPan, debt.amountMinor);
}

/** As the host searches payments: part of the sale's number, the card's last digits, or the sum. */
export function searchMatches(
  search: string | undefined,
  id: string,
  maskedPan: string | null,
  amountMinor?: number,
): boolean {
  const text = search?.trim() ?? '';
  if (text === '' || id.includes(text)) return true;
  if (/^\d{1,4}$/.test(text) && maskedPan?.endsWith(text) === true) return true;
  return (
    /^\d{1,12}([.,]\d{2})?$/.test(text) && Math.round(Number(text.replace(',', '.')) * 100) === amountMinor
  );
}

const one = <Value extends string>(values: readonly Value[], text: string | undefined): Value | undefined =>
  values.find((value) => value === text);

/** The filter of the payments' page, from its address. */
export function paymentFilter(search: ReturnType<typeof filterOf>): PaymentFilter {
  const waitKind = one(waitKinds, search.waitKind);
  const stage = waitKind === undefined ? one(paymentStages, search.stage) : undefined;
  const isFree = waitKind === undefined && stage === undefined;
  const state = isFree ? one(paymentState.options, search.state) : undefined;
  return { stage, state, waitKind, tillId: search.tillId, search: search.search };
}

/** The filter of the debts' page, from its address. */
export function debtFilter(search: ReturnType<typeof filterOf>): DebtFilter {
  const stage = one(debtStages, search.stage);
  const state = stage === undefined ? one(debtState.options, search.state) : undefined;
  return { stage, state, search: search.search };
}

/** What of an address is a filter; anything else in it, and what no filter knows, is dropped. */
export function filterOf(raw: Record<string, unknown>): {
  state?: string;
  stage?: string;
  waitKind?: string;
  tillId?: string;
  search?: string;
  sort?: string;
} {
  const knownStates: readonly string[] = [...paymentState.options, ...debtState.options];
  const knownStages: readonly string[] = [...paymentStages, ...debtStages];
  const isKnown: Record<string, (text: string) => boolean> = {
    state: (text: string) => knownStates.includes(text),
    stage: (text: string) => knownStages.includes(text),
    waitKind: (text: string) => (waitKinds as readonly string[]).includes(text),
    tillId: (text: string) => /^[a-z0-9][a-z0-9-]{0,30}$/.test(text),
    search: (text: string) => text !== '' && text.length <= 60 && !/\p{Cc}/u.test(text),
    sort: (text: string) => /^-?[a-zA-Z]{1,20}$/.test(text),
  };
  return Object.fromEntries(
    Object.entries(isKnown).flatMap(([name, isKnownValue]) => {
      const value = raw[name];
      if (value === undefined || value === null) return [];
      return isKnownValue(String(value)) ? [[name, String(value)]] : [];
    }),
  );
}

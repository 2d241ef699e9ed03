import { hostApi } from '@bivak/contracts';

/** Where payments may stand on the home page, and in which of the host's states they then are. */
const stageStates = {
  toBeSent: ['received', 'routed'],
  atBanks: ['sending', 'unknown', 'reversing', 'cancelling'],
  collected: ['collected'],
} as const satisfies Record<string, readonly hostApi.Payment['state'][]>;
export type PaymentStage = keyof typeof stageStates;
export const paymentStages = Object.keys(stageStates) as PaymentStage[];

/** Which payments are shown. All of it stands in the page's address. */
export interface PaymentFilter {
  stage?: PaymentStage | undefined;
  state?: hostApi.Payment['state'] | undefined;
  tillId?: string | undefined;
  search?: string | undefined;
}

/** The states to ask the host for; the empty one asks for all. */
export function paymentStates(filter: PaymentFilter): readonly string[] {
  if (filter.stage !== undefined) return stageStates[filter.stage];
  return [filter.state ?? ''];
}

/** A payment with a debt is counted where its debt stands, whatever its own state. */
export function standsIn(stage: PaymentStage | undefined, payment: Pick<hostApi.Payment, 'debtId'>): boolean {
  return stage === undefined || payment.debtId === null;
}

/** The stages of debts on the home page, by the states of the host. */
const debtStageStates = {
  declined: ['open', 'attempting'],
  recovered: ['recovered', 'paid-after-listing'],
  stopListed: ['stop-listed'],
} as const satisfies Record<string, readonly hostApi.Debt['state'][]>;
export type DebtStage = keyof typeof debtStageStates;
export const debtStages = Object.keys(debtStageStates) as DebtStage[];

/** Which debts are shown. */
export interface DebtFilter {
  stage?: DebtStage | undefined;
  state?: hostApi.Debt['state'] | undefined;
  search?: string | undefined;
}

export function debtMatches(filter: DebtFilter, debt: hostApi.Debt): boolean {
  const { stage, state, search } = filter;
  if (state !== undefined && debt.state !== state) return false;
  if (stage !== undefined && !(debtStageStates[stage] as readonly string[]).includes(debt.state))
    return false;
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
  const stage = one(paymentStages, search.stage);
  const state = stage === undefined ? one(hostApi.paymentState.options, search.state) : undefined;
  return { stage, state, tillId: search.tillId, search: search.search };
}

/** The filter of the debts' page, from its address. */
export function debtFilter(search: ReturnType<typeof filterOf>): DebtFilter {
  const stage = one(debtStages, search.stage);
  const state = stage === undefined ? one(hostApi.debtState.options, search.state) : undefined;
  return { stage, state, search: search.search };
}

/** What of an address is a filter; anything else in it, and what no filter knows, is dropped. */
export function filterOf(raw: Record<string, unknown>): {
  state?: string;
  stage?: string;
  tillId?: string;
  search?: string;
  sort?: string;
} {
  const knownStates: readonly string[] = [...hostApi.paymentState.options, ...hostApi.debtState.options];
  const knownStages: readonly string[] = [...paymentStages, ...debtStages];
  const isGood: Record<string, (text: string) => boolean> = {
    state: (text: string) => knownStates.includes(text),
    stage: (text: string) => knownStages.includes(text),
    tillId: (text: string) => /^[a-z0-9][a-z0-9-]{0,30}$/.test(text),
    search: (text: string) => text !== '' && text.length <= 60 && !/\p{Cc}/u.test(text),
    sort: (text: string) => /^-?[a-zA-Z]{1,20}$/.test(text),
  };
  return Object.fromEntries(
    Object.entries(isGood).flatMap(([name, good]) => {
      const value = raw[name];
      if (value === undefined || value === null) return [];
      return good(String(value)) ? [[name, String(value)]] : [];
    }),
  );
}

import type { hostApi } from '@bivak/contracts';
import { paidDebtStates } from '@bivak/domain';
import { openPayments, paymentSums } from '../payments/sums.ts';
import { debtSums } from '../recovery/sums.ts';
import type { Queries } from '../store/index.ts';
import { unaccountedInAll } from './accounting.ts';

/**
 * In which stage a payment's money is, by the payment's own state and its debt's. What has come to an end is summed up as it
 * comes; only what is under way is counted.
 */
export async function moneyView(queries: Queries, currency: string): Promise<hostApi.Money> {
  const [ended, open, debts, unaccounted] = await Promise.all([
    paymentSums(queries),
    openPayments(queries),
    debtSums(queries),
    unaccountedInAll(queries, currency),
  ]);
  const notSent = ['received', 'routed'];
  const paid: readonly string[] = paidDebtStates;
  return {
    currency,
    toBeSent: total(open.filter(({ state }) => notSent.includes(state))),
    atBanks: total(open.filter(({ state }) => !notSent.includes(state))),
    collected: total(ended.filter(({ stage }) => stage === 'collected')),
    declined: total([
      ...ended.filter(({ stage }) => stage === 'declined'),
      ...debts.filter(({ state }) => !paid.includes(state) && state !== 'stop-listed'),
    ]),
    recovered: total(debts.filter(({ state }) => paid.includes(state))),
    stopListed: total(debts.filter(({ state }) => state === 'stop-listed')),
    unaccounted,
  };
}

const total = (parts: readonly hostApi.Stage[]): hostApi.Stage => ({
  count: parts.reduce((sum, { count }) => sum + count, 0),
  sumMinor: parts.reduce((sum, { sumMinor }) => sum + sumMinor, 0),
});

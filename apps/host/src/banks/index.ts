import { bankProfile } from '@bivak/bank-profiles';
import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import { type ReversalTerms, readAnswer, type Verdict } from '@bivak/rules';
import { type BankAddress, openBankSession } from './bank-session.ts';
import type { AnswerContent, BankSessions, LateAnswer } from './port.ts';

export type { BankAddress } from './bank-session.ts';
export { supportsCurrency } from './messages.ts';
export type {
  AnswerContent,
  BankAnswer,
  BankSessions,
  DebitRequest,
  LateAnswer,
  Leaving,
  RefundRequest,
  ReversalRequest,
} from './port.ts';

/**
 * Opens a session with each bank. `onLateAnswer` is given the answers that no request waits for. `random` (from 0 up to,
 * not including, 1) spreads the times of reconnecting.
 */
export function openBankSessions(
  banks: readonly BankAddress[],
  clock: Clock,
  log: Logger,
  onLateAnswer: (late: LateAnswer) => void = () => {},
  random: () => number = Math.random,
): BankSessions {
  const context = { clock, log, onLateAnswer, random };
  const sessions = new Map(banks.map((bank) => [bank.bankId, openBankSession(bank, context)] as const));
  const noSuchBank = { kind: 'not-sent', failure: { kind: 'no-contract' }, isOurs: true } as const;
  return {
    debit: async (bankId, request, timeoutMs, leaving) =>
      (await sessions.get(bankId)?.debit(request, timeoutMs, leaving)) ?? noSuchBank,
    reverse: async (bankId, request, repeat, timeoutMs) =>
      (await sessions.get(bankId)?.reverse(request, repeat, timeoutMs)) ?? noSuchBank,
    refund: async (bankId, request, timeoutMs, leaving) =>
      (await sessions.get(bankId)?.refund(request, timeoutMs, leaving)) ?? noSuchBank,
    states: () => [...sessions.values()].map((session) => session.status()),
    close: async () => {
      await Promise.all([...sessions.values()].map((session) => session.close()));
    },
  };
}

/** What an answer to a debit of `amountMinor` means at a bank: by its profile's own reading before the common table. */
export const readBankAnswer = (profileName: string, answer: AnswerContent, amountMinor: number): Verdict =>
  readAnswer(answer, amountMinor, bankProfile(profileName).responseClasses);

/** How a reversal ends at a bank. */
export const reversalTerms = (profileName: string): ReversalTerms => bankProfile(profileName).reversal;

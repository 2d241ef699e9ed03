import { bankProfile } from '@bivak/bank-profiles';
import type { Clock } from '@bivak/clock';
import type { DebitFlow } from '@bivak/domain';
import type { Logger } from '@bivak/process';
import { type CompletionTerms, type ReversalTerms, readAnswer, type Verdict } from '@bivak/rules';
import { openBankSession } from './bank-session.ts';
import type { BankAddress } from './contract.ts';
import type { AnswerContent, BankSessions, LateAnswer } from './port.ts';

export { type BankAddress, contractFault } from './contract.ts';
export { supportsCurrency } from './messages.ts';
export type {
  AnswerContent,
  BankAnswer,
  BankMessage,
  BankSessions,
  CardHandle,
  DebitRequest,
  LateAnswer,
  Leaving,
  NamedDebit,
  OpenedCard,
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
    send: async (bankId, message, leaving) =>
      (await sessions.get(bankId)?.send(message, leaving)) ?? noSuchBank,
    isReady: (bankId) => sessions.get(bankId)?.status().session === 'signed-on',
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

/** How an advice that debits ends at a bank. */
export const completionTerms = (profileName: string): CompletionTerms => bankProfile(profileName).completion;

/** Whether a bank can be asked what became of a debit. */
export const hasInquiry = (profileName: string): boolean => bankProfile(profileName).inquiry !== undefined;

/** How a bank debits a sale that was taken offline earlier (`deferred`), or is asked for at once. */
export const debitFlow = (profileName: string, deferred: boolean): DebitFlow =>
  bankProfile(profileName).debit[deferred ? 'deferred' : 'immediate'];

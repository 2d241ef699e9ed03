import { bankProfile } from '@bivak/bank-profiles';
import type { Clock } from '@bivak/clock';
import type { ResponseClass } from '@bivak/domain';
import type { Logger } from '@bivak/process';
import { responseClass } from '@bivak/rules';
import { type BankAddress, openBankSession } from './bank-session.ts';
import type { BankSessions, LateAnswer } from './port.ts';

export type { BankAddress } from './bank-session.ts';
export { supportsCurrency } from './messages.ts';
export type {
  BankAnswer,
  BankSessions,
  DebitRequest,
  LateAnswer,
  Leaving,
  ReversalRequest,
} from './port.ts';

/**
 * Opens a session with each bank. `onLateAnswer` is given the messages that no request waits for any more; a late approval
 * needs nothing done, since its debit is being reversed, but belongs into the payment's timeline. `random` (from 0 up to,
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
    states: () => [...sessions.values()].map((session) => session.status()),
    close: async () => {
      await Promise.all([...sessions.values()].map((session) => session.close()));
    },
  };
}

/** What a code means at a bank: its profile's own reading before the common table. */
export function classifyResponse(profileName: string, responseCode: string): ResponseClass {
  return bankProfile(profileName).responseClasses[responseCode] ?? responseClass(responseCode);
}

import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import { type BankAddress, type BankSessions, type LateAnswer, openBankSession } from '../banks/index.ts';

/** A session with each bank, as a host has them that holds all connections. */
export function openBankSessions(
  banks: readonly BankAddress[],
  clock: Clock,
  log: Logger,
  onLateAnswer: (late: LateAnswer) => void = () => {},
): BankSessions {
  const context = { clock, log, onLateAnswer, random: Math.random };
  const sessions = new Map(banks.map((bank) => [bank.bankId, openBankSession(bank, context)] as const));
  return {
    send: (bankId, message, leaving) => sessions.get(bankId)!.send(message, leaving),
    isReady: (bankId) => sessions.get(bankId)?.status().session === 'signed-on',
    states: () => [...sessions.values()].map((session) => session.status()),
    close: async () => {
      await Promise.all([...sessions.values()].map((session) => session.close()));
    },
  };
}

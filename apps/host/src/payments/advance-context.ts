import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import type { BankContract, Verdict } from '@bivak/rules';
import type { BankAnswer, BankSessions } from '../banks/index.ts';
import type { SentMessage } from '../epoch/witness.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { Database } from '../store/index.ts';
import type { Message } from './prepare.ts';
import type { TraceNumbers } from './trace-numbers.ts';

/** What payments are advanced with. */
export interface AdvanceContext {
  database: Database;
  banks: BankSessions;
  keys: KeyStore;
  clock: Clock;
  log: Logger;
  contracts: readonly (BankContract & { profile: string })[];
  numbers: TraceNumbers;
  /** An alarm about a payment has to be raised, or ended. */
  onAlarm: () => void;
  /** A message that moves money leaves now: remembered beside the store before it does. */
  onLeaving: (message: SentMessage) => void;
  /** False while the store may be another one than it was. */
  mayLeave: () => boolean;
  /** A payment has come to an end of its cycle. */
  onBooked: (paymentId: string) => void;
  isStopping: () => boolean;
}

/** What came of a message. */
export interface ExchangeResult {
  message: Message;
  answer: BankAnswer;
  /** What the answer means, unless it answers a reversal; null if there is none. */
  verdict: Verdict | null;
}

/** A message, with what was known of its bank when it was decided. */
export type DecidedMessage = Message & {
  /** Nothing bad was recorded of it. */
  isBankSpotless: boolean;
  /** No issuer is known not to be reached. */
  areIssuersReached: boolean;
  /** This message probes it: since when it was to be; null: it does not. */
  probedAt: Date | null;
};

/** There is no message to send now; `dueMs`: when to look at the payment again, null: nothing is to be done for it. */
export interface Rest {
  dueMs: number | null;
}

/** The profile of a bank. */
export const profileAt = ({ contracts }: AdvanceContext, bankId: string): string =>
  contracts.find((contract) => contract.bankId === bankId)!.profile;

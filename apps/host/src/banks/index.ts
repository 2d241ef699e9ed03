import { bankProfile } from '@bivak/bank-profiles';
import type { DebitFlow } from '@bivak/domain';
import { type CompletionTerms, type ReversalTerms, readAnswer, type Verdict } from '@bivak/rules';
import type { AnswerContent } from './port.ts';

export { type BankSession, type BankSessionContext, openBankSession } from './bank-session.ts';
export { type BankAddress, contractFault, openContract } from './contract.ts';
export { supportsCurrency } from './messages.ts';
export type {
  AnswerContent,
  BankAnswer,
  BankMessage,
  BankSessionStatus,
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

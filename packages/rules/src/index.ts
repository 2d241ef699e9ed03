export {
  type AcceptanceInput,
  type AcceptanceResult,
  decideAcceptance,
  type Outstanding,
} from './acceptance.ts';
export { entryDecisionsFor, type SaleEndFacts, saleEndDecisionsFor } from './accounting.ts';
export {
  cardsUntilBlocked,
  type DebitSign,
  debitSign,
  failuresUntilFailing,
  issuersUntilFailing,
  probeAfterMs,
} from './bank-health.ts';
export {
  type BookLine,
  type BooksReading,
  type KnownAttempt,
  readBooks,
  type StandingDebit,
} from './books.ts';
export { type CompletionTerms, readCompletionAnswer } from './completion.ts';
export { debtDecisionsFor, decidedStates, decisionsFor } from './decision.ts';
export { doubleWithinMs, possibleDouble, type SaleTap } from './doubles.ts';
export { type LateAnswerEffect, lateAnswerEffect } from './late-answer.ts';
export { decideListing, type Listing, type ListingFacts } from './listing.ts';
export { type DebtFacts, nextNoticeMs, noticesDue } from './notices.ts';
export {
  type AttemptFacts,
  decideNextStep,
  type NextStep,
  openAttemptStates,
  type PaymentFacts,
} from './payment.ts';
export {
  type DebtPlan,
  type DebtToPlan,
  type MayTryNow,
  mayTryNow,
  planDebt,
  type RecoveryPolicy,
  windowEndMs,
} from './recovery.ts';
export {
  type BankReadings,
  type DebitAnswer,
  readAnswer,
  responseMeaning,
  type Verdict,
} from './response-codes.ts';
export {
  type ReversalTerms,
  type ReversedAttempt,
  readReversalAnswer,
} from './reversal.ts';
export { type BankContract, type BankOrder, orderBanks } from './routing.ts';
export {
  budgetsOf,
  type CardAttempt,
  type Classification,
  classifyDecline,
  schemeOf,
} from './scheme-rules.ts';
export { maxPaymentStayMs, maxUnendedSaleMs, maxUnfoldedMs } from './stays.ts';

export {
  type AcceptanceInput,
  type AcceptanceResult,
  decideAcceptance,
  type Outstanding,
} from './acceptance.ts';
export { decidedStates, decisionsFor } from './decision.ts';
export { type LateAnswerEffect, lateAnswerEffect } from './late-answer.ts';
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
export { maxPaymentStayMs } from './stays.ts';

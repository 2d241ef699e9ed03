export {
  type AcceptanceInput,
  type AcceptanceResult,
  decideAcceptance,
  type Outstanding,
} from './acceptance.ts';
export { type DebtFacts, type NoticeKind, nextNoticeMs, noticesDue } from './notices.ts';
export {
  type AttemptFacts,
  type AttemptState,
  attemptLife,
  decideNextStep,
  type NextStep,
  type PaymentFacts,
  type PaymentState,
  paymentLife,
} from './payment.ts';
export {
  type DebtPlan,
  type DebtState,
  type DebtToPlan,
  debtLife,
  type MayTryNow,
  mayTryNow,
  planDebt,
  type RecoveryPolicy,
} from './recovery.ts';
export { type ResponseClass, responseClass, responseMeaning } from './response-codes.ts';
export { type BankContract, type BankHealth, orderBanks, type RankedBank } from './routing.ts';
export {
  type Budget,
  budgetsOf,
  type CardAttempt,
  type Classification,
  classifyDecline,
  nextWithinBudgetMs,
  type RetryClass,
  type Scheme,
  schemeOf,
} from './scheme-rules.ts';

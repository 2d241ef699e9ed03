import type { PaymentEvent, PaymentEventData, PaymentEventKind, ResponseMeaning } from '@bivak/domain';
import type { Renderer } from './renderer.ts';

/** What happened to a payment, and why if that is known. `sign`: which way it went. */
export interface EventText {
  what: string;
  why?: string;
  sign: 'good' | 'bad' | 'plain';
}

type Tell<Kind extends PaymentEventKind> = (data: PaymentEventData<Kind>, renderer: Renderer) => EventText;

/** Answers by which the bank has debited the whole sum. */
const approvals: readonly ResponseMeaning[] = [
  'approved',
  'approved-with-identification',
  'approved-vip',
  'approved-update-track-3',
];

const tells: { [Kind in PaymentEventKind]: Tell<Kind> } = {
  'rung-up': ({ tillId }, { t }) => ({
    what: t('event.rung-up.what', { till: tillId }),
    why: t('event.rung-up.why'),
    sign: 'plain',
  }),
  accepted: ({ tillId, mode }, { t }) => ({
    what: t(`event.accepted.${mode}`, { till: tillId }),
    ...(mode === 'online' ? { why: t('event.accepted.onlineWhy') } : {}),
    sign: 'plain',
  }),
  'dated-on-arrival': ({ tillAt }, { t }) => ({
    what: t('event.dated-on-arrival.what'),
    why: t('event.dated-on-arrival.why', { tillAt }),
    sign: 'bad',
  }),
  mended: ({ parts }, { t, list }) => ({
    what: t('event.mended.what', { parts: list(parts.map((part) => t(`mendedPart.${part}`))) }),
    why: t('event.mended.why'),
    sign: 'bad',
  }),
  'collected-by-decision': ({ saleId: sale, by, why }, { t }) => ({
    what: t('event.collected-by-decision.what', { by }),
    why: t('event.collected-by-decision.why', { sale, why }),
    sign: 'plain',
  }),
  arrived: (_, { t }) => ({ what: t('event.arrived.what'), sign: 'plain' }),
  'ended-without-receipt': ({ reason }, { t, refusal }) => ({
    what: t('event.ended-without-receipt.what'),
    ...(reason === null ? {} : { why: refusal(reason).reason }),
    sign: 'bad',
  }),
  'debit-sent': ({ bankId, route }, renderer) => ({
    what: renderer.t('event.debit-sent.what', { bank: renderer.bank(bankId) }),
    why: renderer.route(route),
    sign: 'plain',
  }),
  'debit-not-sent': ({ bankId, failure }, { t, bank, exchangeFailure }) => ({
    what: t('event.debit-not-sent.what', { bank: bank(bankId) }),
    why: exchangeFailure(failure),
    sign: 'bad',
  }),
  'debit-unanswered': ({ bankId, failure }, { t, bank, exchangeFailure }) => ({
    what: t('event.debit-unanswered.what', { bank: bank(bankId) }),
    why: exchangeFailure(failure),
    sign: 'bad',
  }),
  'debit-answered': ({ bankId, responseCode: code, meaning }, { t, bank, responseMeaning }) =>
    approvals.includes(meaning)
      ? { what: t('event.debit-answered.approved', { bank: bank(bankId), code }), sign: 'good' }
      : {
          what: t('event.debit-answered.not-approved', { bank: bank(bankId), code }),
          why: responseMeaning(meaning, code),
          sign: 'bad',
        },
  'sum-reserved': ({ bankId, responseCode: code }, { t, bank }) => ({
    what: t('event.sum-reserved.what', { bank: bank(bankId), code }),
    why: t('event.sum-reserved.why'),
    sign: 'good',
  }),
  'completion-sent': ({ bankId }, { t, bank }) => ({
    what: t('event.completion-sent.what', { bank: bank(bankId) }),
    sign: 'plain',
  }),
  'completion-confirmed': ({ bankId }, { t, bank }) => ({
    what: t('event.completion-confirmed.what', { bank: bank(bankId) }),
    sign: 'good',
  }),
  'completion-refused': ({ bankId, responseCode: code, meaning }, { t, bank, responseMeaning }) => ({
    what: t('event.completion-refused.what', { bank: bank(bankId), code }),
    why: responseMeaning(meaning, code),
    sign: 'bad',
  }),
  'inquiry-sent': ({ bankId }, { t, bank }) => ({
    what: t('event.inquiry-sent.what', { bank: bank(bankId) }),
    why: t('event.inquiry-sent.why'),
    sign: 'plain',
  }),
  'inquiry-answered': ({ bankId, responseCode: code }, { t, bank }) => ({
    what:
      code === null
        ? t('event.inquiry-answered.unanswered', { bank: bank(bankId) })
        : t('event.inquiry-answered.answered', { bank: bank(bankId), code }),
    sign: 'plain',
  }),
  'late-answer': ({ bankId, messageType, responseCode: code }, { t, bank }) => ({
    what: t('event.late-answer.what', { bank: bank(bankId) }),
    why:
      code === null
        ? t('event.late-answer.whyNoCode', { messageType })
        : t('event.late-answer.why', { messageType, code }),
    sign: 'bad',
  }),
  'approved-late': ({ bankId, responseCode: code }, { t, bank }) => ({
    what:
      code === null
        ? t('event.approved-late.whatNoCode', { bank: bank(bankId) })
        : t('event.approved-late.what', { bank: bank(bankId), code }),
    why: t('event.approved-late.why'),
    sign: 'bad',
  }),
  'interrupted-before-sending': ({ bankId }, { t, bank }) => ({
    what: t('event.interrupted-before-sending.what'),
    why: t('event.interrupted-before-sending.why', { bank: bank(bankId) }),
    sign: 'bad',
  }),
  'interrupted-after-sending': ({ bankId }, { t, bank }) => ({
    what: t('event.interrupted-after-sending.what'),
    why: t('event.interrupted-after-sending.why', { bank: bank(bankId) }),
    sign: 'bad',
  }),
  'reversal-sent': ({ bankId }, { t, bank }) => ({
    what: t('event.reversal-sent.what', { bank: bank(bankId) }),
    why: t('event.reversal-sent.why'),
    sign: 'plain',
  }),
  'reversal-confirmed': ({ bankId }, { t, bank }) => ({
    what: t('event.reversal-confirmed.what', { bank: bank(bankId) }),
    sign: 'good',
  }),
  'refund-sent': ({ bankId }, { t, bank }) => ({
    what: t('event.refund-sent.what', { bank: bank(bankId) }),
    why: t('event.refund-sent.why'),
    sign: 'plain',
  }),
  'refund-confirmed': ({ bankId }, { t, bank }) => ({
    what: t('event.refund-confirmed.what', { bank: bank(bankId) }),
    sign: 'good',
  }),
  disputed: ({ bankId, attempt, cause }, { t, bank, disputeCause }) => ({
    what: t('event.disputed.what', { bank: bank(bankId), attempt }),
    why: t('event.disputed.why', { cause: disputeCause(cause) }),
    sign: 'bad',
  }),
  decided: ({ bankId, decision, by, why }, { t, bank, attemptDecision }) => ({
    what: t('event.decided.what', { bank: bank(bankId), by, decision: attemptDecision(decision) }),
    why: t('event.decided.why', { why }),
    sign: 'plain',
  }),
  'found-in-books': ({ bankId, attempt }, { t, bank }) => ({
    what: t('event.found-in-books.what', { bank: bank(bankId), attempt }),
    why: t('event.found-in-books.why'),
    sign: 'plain',
  }),
  'restored-cleared': ({ byBooks, by, why }, { t }) => ({
    what: t(byBooks ? 'event.restored-cleared.byBooks' : 'event.restored-cleared.byPerson', { by }),
    why: t('event.restored-cleared.why', { why }),
    sign: 'plain',
  }),
  waiting: ({ reason, untilAt }, { t, wait }) => ({
    what: t('event.waiting.what'),
    why: wait(reason, untilAt),
    sign: 'bad',
  }),
  'end-decided': ({ decision, by, why }, { t }) => ({
    what: t(`event.end-decided.${decision}`, { by }),
    why: t('event.end-decided.why', { why }),
    sign: 'plain',
  }),
  'retry-requested': ({ cause }, { t }) => ({ what: t(`event.retry-requested.${cause}`), sign: 'plain' }),
  collected: (_, { t }) => ({ what: t('event.collected.what'), sign: 'good' }),
  declined: (_, { t }) => ({ what: t('event.declined.what'), sign: 'bad' }),
  'not-reached': (_, { t }) => ({
    what: t('event.not-reached.what'),
    why: t('event.not-reached.why'),
    sign: 'bad',
  }),
  'debt-decided': ({ decision, by, why }, { t, debtDecision }) => ({
    what: t('event.debt-decided.what', { by, decision: debtDecision(decision) }),
    why: t('event.debt-decided.why', { why }),
    sign: 'plain',
  }),
  'possible-double': ({ otherId }, { t }) => ({
    what: t('event.possible-double.what'),
    why: t('event.possible-double.why', { other: otherId }),
    sign: 'bad',
  }),
  cancelled: (_, { t }) => ({ what: t('event.cancelled.what'), sign: 'plain' }),
};

export function eventText(renderer: Renderer, event: PaymentEvent): EventText {
  const tell = tells[event.kind] as (data: PaymentEvent['data'], renderer: Renderer) => EventText;
  return tell(event.data, renderer);
}

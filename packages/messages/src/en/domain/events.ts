import type { MendedPart, PaymentEventKind } from '@bivak/domain';

/** What can happen to a payment, in English. */
export const events = {
  event: {
    'rung-up': {
      what: 'Rung up at {{till}}',
      why: 'The till asked the host while the buyer waited',
    },
    accepted: {
      offline: 'Accepted offline at {{till}}',
      online: 'Accepted online at {{till}}',
      onlineWhy: 'The bank answered while the buyer waited',
    },
    'dated-on-arrival': {
      what: 'Dated as it arrived at the host',
      why: 'The till’s clock said {{tillAt}}',
    },
    mended: {
      what: 'Mended: {{parts}}',
      why: 'It only says what was sold and shown, and held what cannot be read or kept as it was; the sum and the card are as the till wrote them',
    },
    'collected-by-decision': {
      what: '{{by}} decided: this is a sale of its own',
      why: 'The till had used the number {{sale}} before. {{why}}',
    },
    arrived: { what: 'Arrived at the host' },
    'ended-without-receipt': { what: 'The till ended the sale without a receipt' },
    'debit-sent': { what: 'Sending to {{bank}}' },
    'debit-not-sent': { what: 'Nothing was sent to {{bank}}' },
    'debit-unanswered': { what: '{{bank}} did not answer' },
    'debit-answered': {
      approved: '{{bank}}: approved ({{code}})',
      'not-approved': '{{bank}}: not approved ({{code}})',
    },
    'sum-reserved': {
      what: '{{bank}}: sum reserved ({{code}})',
      why: 'The advice that debits it follows; without it the reservation lapses',
    },
    'completion-sent': { what: 'Advice that debits sent to {{bank}}' },
    'completion-confirmed': { what: '{{bank}} has debited' },
    'completion-refused': { what: '{{bank}} does not debit what it has reserved ({{code}})' },
    'inquiry-sent': {
      what: '{{bank}} is asked what became of the debit',
      why: 'Unless it says that it has debited, the debit is reversed',
    },
    'inquiry-answered': {
      answered: '{{bank}} answered the inquiry ({{code}})',
      unanswered: '{{bank}} did not answer the inquiry',
    },
    'late-answer': {
      what: '{{bank}} answered when nobody waited any more',
      why: 'Message {{messageType}}, code {{code}}',
      whyNoCode: 'Message {{messageType}}',
    },
    'approved-late': {
      what: '{{bank}} may have debited after all ({{code}})',
      whatNoCode: '{{bank}} may have debited after all',
      why: 'It had answered otherwise before: what it has debited is given back',
    },
    'interrupted-before-sending': {
      what: 'The host was interrupted',
      why: 'Nothing had left for {{bank}}',
    },
    'interrupted-after-sending': {
      what: 'The host was interrupted',
      why: 'It is not known whether {{bank}} has debited: that is reversed first',
    },
    'reversal-sent': {
      what: 'Sending the reversal to {{bank}}',
      why: 'Until it is confirmed no other bank is asked: the card is never debited twice',
    },
    'reversal-confirmed': { what: '{{bank}} confirmed: nothing is debited there' },
    'refund-sent': {
      what: 'Refund sent to {{bank}}',
      why: 'The bank no longer knows the debit that it has approved: it cannot be reversed',
    },
    'refund-confirmed': { what: '{{bank}} has refunded: nothing is debited there' },
    disputed: {
      what: 'Attempt {{attempt}}, {{bank}}: a person has to decide by the bank’s books',
      why: 'Because {{cause}}',
    },
    decided: { what: '{{by}} decided about {{bank}}: {{decision}}', why: '{{why}}' },
    'found-in-books': {
      what: 'Found in the books of {{bank}}: debited (attempt {{attempt}})',
      why: 'The debit was made in the time that the store has lost',
    },
    'restored-cleared': {
      byBooks: '{{by}} decided by the banks’ books what was debited before the store was put back',
      byPerson: '{{by}} decided that nothing unknown was debited before the store was put back',
      why: '{{why}}',
    },
    waiting: { what: 'Waits' },
    'end-decided': {
      keep: '{{by}} decided: the buyer has the items, the money stays',
      'give-back': '{{by}} decided: the sale did not happen, the money is given back',
      why: '{{why}}',
    },
    'retry-requested': {
      retry: 'Another attempt, by the schedule',
      'cardholder-request': 'Another attempt, asked for by the cardholder',
    },
    collected: { what: 'Collected' },
    declined: { what: 'The issuer declined' },
    'not-reached': { what: 'The issuer could not be reached', why: 'Nobody has declined' },
    'debt-decided': { what: '{{by}} decided about the card: {{decision}}', why: '{{why}}' },
    'possible-double': {
      what: 'Perhaps rung up twice',
      why: 'The same card, sum and till within a minute: see {{other}}',
    },
    cancelled: { what: 'Cancelled: nothing is debited' },
  } as const satisfies Record<PaymentEventKind, object>,
  mendedPart: {
    'line-items': 'what was sold',
    checks: 'the till’s checks',
    fiscal: 'the receipt’s particulars',
  } as const satisfies Record<MendedPart, string>,
} as const;

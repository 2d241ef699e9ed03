import type {
  AttemptCause,
  AttemptDecision,
  AttemptState,
  BankHealth,
  BankSessionState,
  CardDataFault,
  CheckName,
  DebtDecision,
  DebtState,
  DisputeCause,
  ExchangeFailureKind,
  NoticeKind,
  NoticeShortfall,
  NoticeState,
  PaymentState,
  RefusalReason,
  ResponseMeaning,
  RetryClass,
  Scheme,
  WaitKind,
} from '@bivak/domain';
import { alarms } from './domain/alarms.ts';
import { events } from './domain/events.ts';
import { storeTexts } from './domain/store.ts';

/** What a cashier reads aloud without shaming the buyer, and what he does then. */
interface Refusal {
  reason: string;
  advice: string;
}

const anotherCardOrCash = 'Ask for another card or cash.';
const cashUntilLink = 'Take cash: this till can take no card until the link is back.';

/** What the domain's facts are called, in English. */
export const domain = {
  refusal: {
    'stop-listed': {
      reason: 'This card can’t be taken now: an earlier purchase with it is still unpaid.',
      advice: anotherCardOrCash,
    },
    'stop-list-too-old': {
      reason: 'This till has been out of contact for too long to take cards.',
      advice: cashUntilLink,
    },
    'expired-card': { reason: 'The card has expired.', advice: anotherCardOrCash },
    'offline-not-permitted': {
      reason: 'This card works only if there is a link.',
      advice: anotherCardOrCash,
    },
    'over-sale-limit': {
      reason: 'Without a link only a smaller sum can be paid by card.',
      advice: 'Split the sale, or take cash.',
    },
    'over-card-limit': {
      reason: 'This card has reached its largest sum without a link.',
      advice: anotherCardOrCash,
    },
    'over-card-count': {
      reason: 'This card has reached its largest number of purchases without a link.',
      advice: anotherCardOrCash,
    },
    'over-till-limit': {
      reason: 'This till has reached its largest card total without a link.',
      advice: cashUntilLink,
    },
    'over-till-count': {
      reason: 'This till has taken its largest number of cards without a link.',
      advice: cashUntilLink,
    },
    'clock-unsure': {
      reason: 'This till is not sure of the time and can’t take cards yet.',
      advice: 'Take cash: this till can take no card now.',
    },
    'reader-key-unknown': {
      reason: 'The host cannot open what this card reader sends, so it can’t take cards without a link.',
      advice: 'Take cash, and call support: the reader needs the right key.',
    },
    'reader-key-reused': {
      reason: 'The card reader has sealed a card with a key that it had used before.',
      advice: 'Take cash, and call support: the reader’s memory was lost.',
    },
    'reader-keys-used-up': {
      reason: 'The card reader has no keys left.',
      advice: 'Take cash, and call support: the reader needs new keys.',
    },
    'card-unreadable': {
      reason: 'The card could not be read.',
      advice: 'Ask to tap it once more. If no card is read, check the reader.',
    },
    'card-not-presented': {
      reason: 'No card was tapped.',
      advice: 'Press Card again when the buyer is ready.',
    },
    'card-reader-silent': {
      reason: 'The card reader does not answer.',
      advice: 'Take cash, or check the reader’s cable and power.',
    },
    'declined-online': { reason: 'The bank did not approve this payment.', advice: anotherCardOrCash },
    'possible-double': {
      reason: 'This card has just paid the same sum at this till.',
      advice: 'If it is another purchase, press “Another purchase”. If not, go back: it is paid already.',
    },
    'fiscal-drive-refused': {
      reason: 'The fiscal drive did not sign the receipt; there was no sale.',
      advice: 'What a card has paid is given back. Call support.',
    },
    'fiscal-drive-silent': {
      reason: 'The fiscal drive does not answer; there was no sale.',
      advice: 'What a card has paid is given back. Check the drive’s cable and try again.',
    },
    interrupted: {
      reason: 'The till was restarted; there was no sale.',
      advice: 'What a card has paid is given back. Make the sale again.',
    },
  } as const satisfies Record<RefusalReason, Refusal>,
  check: {
    'stop-list': 'Stop-list',
    'stop-list-age': 'Age of the stop-list',
    expiry: 'Expiry',
    'offline-permitted': 'Offline permitted',
    'sale-sum': 'Sum of the sale',
    'card-sum': 'Sum on the card',
    'card-count': 'Sales on the card',
    'till-sum': 'Sum on the till',
    'till-count': 'Sales on the till',
    'reader-key': 'The reader’s key',
    clock: 'The till’s clock',
  } as const satisfies Record<CheckName, string>,
  checkFound: {
    'key-opened': 'the host opens what the reader with key {{keyId}} seals',
    'key-not-opened': 'the host does not open what the reader with key {{keyId}} seals',
    listed: 'the card is listed',
    'not-listed': 'the card is not listed',
    'no-list': 'none yet, at most {{limit}} old',
    age: '{{value}} old, at most {{limit}}',
    'good-through': 'good through {{month}}/{{year}}',
    'service-code': 'service code {{code}}',
    behind: '{{value}} behind the journal, at most {{limit}}',
    'of-at-most': '{{value}} of at most {{limit}}',
  },
  paymentState: {
    received: 'received',
    routed: 'bank chosen',
    sending: 'sending',
    unknown: 'answer unknown',
    reversing: 'reversing',
    collected: 'collected',
    declined: 'declined',
    cancelling: 'sale being cancelled',
    cancelled: 'cancelled',
  } as const satisfies Record<PaymentState, string>,
  attemptState: {
    stored: 'stored',
    sent: 'sent',
    completing: 'being completed',
    approved: 'approved',
    declined: 'declined by the issuer',
    rejected: 'rejected by the bank',
    'not-sent': 'not sent',
    unknown: 'answer unknown',
    reversing: 'reversing',
    refunding: 'being refunded',
    disputed: 'a person has to decide',
    reversed: 'reversed',
  } as const satisfies Record<AttemptState, string>,
  attemptCause: {
    first: 'first',
    failover: 'after a failed attempt',
    retry: 'scheduled retry',
    'cardholder-request': 'asked for by the cardholder',
  } as const satisfies Record<AttemptCause, string>,
  /** Why nobody can end an attempt by the wire: after “because”. */
  disputeCause: {
    'reversal-unconfirmed': 'its reversal was repeated for hours and not confirmed',
    'debit-not-found': 'the bank knows of no debit that it had approved, and takes no refunds',
    'completion-unanswered': 'the advice that debits was repeated for hours and not answered',
    'refund-unanswered': 'the bank did not answer the refund',
    'refund-refused': 'the bank refused the refund',
    'refund-interrupted': 'the host was interrupted while the refund was on its way',
  } as const satisfies Record<DisputeCause, string>,
  attemptDecision: {
    'nothing-debited': 'the bank’s books hold no debit',
    'debit-stands': 'the bank has debited, and that pays for the sale',
    'given-back': 'the bank has debited, and has given it back by itself',
    'reverse-again': 'send the reversal again',
    'complete-again': 'send the advice that debits again',
  } as const satisfies Record<AttemptDecision, string>,
  debtState: {
    open: 'waiting',
    attempting: 'trying',
    held: 'a person has to decide',
    'given-up': 'given up',
    recovered: 'recovered',
    'stop-listed': 'stop-listed',
    'paid-after-listing': 'paid after stop-listing',
  } as const satisfies Record<DebtState, string>,
  retryClass: {
    never: 'must not be retried',
    later: 'may be retried later',
    'mend-data': 'needs new card data',
    generic: 'declined without a reason',
    unreachable: 'tried again: the card’s bank could not be reached',
  } as const satisfies Record<RetryClass, string>,
  debtDecision: {
    'list-card': 'stop-list the card',
    'give-up': 'do not stop-list the card, and give the debt up',
  } as const satisfies Record<DebtDecision, string>,
  /** How the promised notices fell short: after “because”. */
  noticeShortfall: {
    'none-delivered': 'its holder got none of the promised messages',
    'some-not-delivered': 'not all of the promised messages reached its holder',
  } as const satisfies Record<NoticeShortfall, string>,
  noticeKind: {
    declined: 'of the decline',
    'bank-unreachable': 'that the bank cannot be reached',
    middle: 'in the middle of the window',
    'day-before': 'a day before the stop-list',
    listed: 'of the stop-list',
    paid: 'of the payment',
  } as const satisfies Record<NoticeKind, string>,
  noticeState: {
    stored: 'stored',
    sending: 'sending',
    accepted: 'accepted by the SMS centre',
    delivered: 'delivered',
    failed: 'not delivered',
    withdrawn: 'not sent: it was no longer true',
  } as const satisfies Record<NoticeState, string>,
  bankHealth: {
    healthy: 'answering',
    failing: 'failing',
    blocked: 'account blocked',
  } as const satisfies Record<BankHealth, string>,
  bankSessionState: {
    'signed-on': 'signed on',
    connecting: 'connecting',
    down: 'down',
  } as const satisfies Record<BankSessionState, string>,
  exchangeFailure: {
    'no-contract': 'There is no contract with this bank any more',
    'message-not-buildable': 'The message could not be built for this bank',
    'not-signed-on': 'Not signed on with the bank',
    'held-back': 'The message was held back before it left',
    'no-line': 'No host holds the connection to the bank',
    'host-silent': 'The host that holds the connection to the bank has not said what came of it',
    'no-connection': 'No connection to the bank',
    'same-request-pending': 'The same request is pending already',
    'no-answer': 'No answer in {{timeout}}',
    'answer-mismatch': 'The answer does not match the request',
    'connection-lost': 'The connection was lost before the answer',
  } as const satisfies Record<ExchangeFailureKind, string>,
  route: {
    'on-us': 'the bank issued the card itself: {{percent}}',
    'off-us': '{{percent}} of the sum',
    'on-us-failing':
      'the bank issued the card itself: {{percent}}; after the others, because it had failed lately',
    'off-us-failing': '{{percent}} of the sum; after the others, because it had failed lately',
  },
  responseMeaning: {
    approved: 'approved',
    'approved-with-identification': 'approved, with identification',
    'partially-approved': 'approved for a part of the sum',
    'approved-vip': 'approved (VIP)',
    'approved-update-track-3': 'approved, update track 3',
    'request-in-progress': 'the bank is still working on it',
    'customer-cancellation': 'cancelled by the customer',
    'no-action-taken': 'no action taken',
    'partially-completed': 'completed in part',
    'no-reason-to-decline': 'no reason to decline',
    'purchase-amount-only': 'approved for the purchase only',
    'network-unavailable': 'the bank’s network is not available',
    'refer-to-issuer': 'refer to the issuer',
    'refer-to-issuer-special': 'refer to the issuer, special condition',
    'merchant-not-served': 'this merchant is not served by the bank',
    'capture-card': 'capture the card',
    'do-not-honour': 'do not honour: declined without a reason',
    'bank-error': 'error at the bank',
    'capture-card-special': 'capture the card, special condition',
    'not-valid-for-card': 'transaction not valid for this card',
    'amount-not-valid': 'amount not valid',
    'no-such-card': 'no such card',
    'no-such-issuer': 'no such issuer',
    're-enter': 'enter the transaction again',
    'suspected-malfunction': 'suspected malfunction',
    'message-unreadable': 'the bank could not read the message',
    'function-not-supported': 'function not supported by the bank',
    'lost-card': 'lost card',
    'stolen-card': 'stolen card',
    'account-closed': 'account closed',
    'insufficient-funds': 'not enough money on the account',
    'no-checking-account': 'no checking account',
    'no-savings-account': 'no savings account',
    'expired-card': 'expired card',
    'wrong-pin': 'wrong PIN',
    'not-permitted-to-cardholder': 'not permitted to this cardholder',
    'not-permitted-to-terminal': 'not permitted to this terminal',
    'suspected-fraud': 'suspected fraud',
    'over-amount-limit': 'over the card’s amount limit',
    'restricted-card': 'restricted card',
    'security-violation': 'security violation',
    'over-use-limit': 'over the card’s number of uses',
    'issuer-answered-late': 'the issuer answered the bank too late',
    'pin-tries-exceeded': 'too many wrong PINs',
    'card-not-activated': 'card not activated',
    'card-data-not-valid': 'card data not valid',
    'pin-not-verifiable': 'PIN cannot be checked',
    'closing-business-day': 'the bank is closing its business day',
    'issuer-unreachable': 'the issuer cannot be reached',
    'no-route-to-issuer': 'no route to the issuer',
    'forbidden-by-law': 'forbidden by law',
    'duplicate-transmission': 'sent twice',
    'bank-malfunction': 'malfunction at the bank',
    'advice-acknowledged': 'the bank has taken note of the advice',
    'message-not-authentic': 'the bank does not believe our message authentication code',
    unlisted: 'code {{code}}, which nobody has listed',
  } as const satisfies Record<ResponseMeaning, string>,
  cardDataFault: {
    'unusable-key-serial-number': 'The key serial number is none that a reader uses',
    'not-hex': 'The encrypted card data is not hex',
    'too-short': 'The encrypted card data is too short',
    'altered-or-other-key':
      'The encrypted card data was changed, or sealed for another sale or sum, or with another key',
    'bad-track-2': 'The card data is not in the form of track 2',
    'other-card-than-reference': 'The encrypted card is another one than the sale names',
    'other-mask': 'The encrypted card has another number than the sale shows',
    'other-expiry': 'The encrypted card expires at another date than the sale says',
    'other-service-code': 'The encrypted card has another service code than the sale says',
    'used-by-another-sale': 'This tap has paid for another sale',
    missing: 'The encrypted card data has never arrived',
    destroyed: 'The encrypted card data was destroyed',
  } as const satisfies Record<CardDataFault, string>,
  scheme: {
    visa: 'Visa',
    mastercard: 'Mastercard',
    mir: 'Mir',
    other: 'the card scheme',
  } as const satisfies Record<Scheme, string>,
  ...storeTexts,
  /** Why a payment waits; `until` if it is known until when. */
  wait: {
    'answer-pending': {
      now: '{{bank}} was asked, and its answer is awaited',
      until: '{{bank}} was asked, and its answer is awaited until {{until}}',
    },
    'reversal-unconfirmed': {
      now_one:
        '{{bank}} has not confirmed the reversal, sent {{count}} time; until it is confirmed no other bank is asked',
      now_other:
        '{{bank}} has not confirmed the reversal, sent {{count}} times; until it is confirmed no other bank is asked',
      until_one:
        '{{bank}} has not confirmed the reversal, sent {{count}} time; it is repeated at {{until}}; until it is confirmed no other bank is asked',
      until_other:
        '{{bank}} has not confirmed the reversal, sent {{count}} times; it is repeated at {{until}}; until it is confirmed no other bank is asked',
    },
    'debit-not-seen-yet': {
      now_one: '{{bank}} has not seen the debit yet; its reversal was sent {{count}} time',
      now_other: '{{bank}} has not seen the debit yet; its reversal was sent {{count}} times',
      until_one:
        '{{bank}} has not seen the debit yet; its reversal was sent {{count}} time and is repeated at {{until}}',
      until_other:
        '{{bank}} has not seen the debit yet; its reversal was sent {{count}} times and is repeated at {{until}}',
    },
    'perhaps-debited': {
      now: 'The store was put back from an older copy: it may have been debited in the time that was lost. A person decides, best by the banks’ day files',
    },
    'store-in-doubt': {
      now: 'The store is in doubt: nothing is sent until a person has decided about it',
    },
    'completion-unconfirmed': {
      now_one:
        '{{bank}} has reserved the sum and not answered the advice that debits it, sent {{count}} time; no other bank is asked meanwhile',
      now_other:
        '{{bank}} has reserved the sum and not answered the advice that debits it, sent {{count}} times; no other bank is asked meanwhile',
      until_one:
        '{{bank}} has reserved the sum and not answered the advice that debits it, sent {{count}} time; it is repeated at {{until}}; no other bank is asked meanwhile',
      until_other:
        '{{bank}} has reserved the sum and not answered the advice that debits it, sent {{count}} times; it is repeated at {{until}}; no other bank is asked meanwhile',
    },
    'decision-needed': {
      now: 'Attempt {{attempt}}, {{bank}}: a person has to decide by the bank’s books',
    },
    'banks-blocked': {
      now: 'Every bank has blocked our account: {{banks}}',
      until: 'Every bank has blocked our account: {{banks}}; tried again at {{until}}',
    },
    'banks-unreachable': {
      now: 'The banks that could collect cannot be reached: {{banks}}',
      until: 'The banks that could collect cannot be reached: {{banks}}; tried again at {{until}}',
    },
    'banks-in-trouble': {
      now: 'The banks that could collect, or the issuer, are in trouble: {{banks}}',
      until:
        'The banks that could collect, or the issuer, are in trouble: {{banks}}; tried again at {{until}}',
    },
    'scheme-budget': {
      now: 'The rules of {{scheme}} allow no more attempts with this card now',
      until: 'The rules of {{scheme}} allow no more attempts with this card before {{until}}',
    },
    'card-data-unreadable': {
      now: 'The card cannot be debited. {{fault}}',
      until: 'The card cannot be debited; tried again at {{until}}. {{fault}}',
    },
  } as const satisfies Record<WaitKind, object>,
  /** Why a payment waits, for a list of many. */
  waitKind: {
    'answer-pending': 'no answer yet',
    'reversal-unconfirmed': 'the reversal is not confirmed',
    'debit-not-seen-yet': 'the bank has not seen the debit yet',
    'completion-unconfirmed': 'the bank has not answered the advice that debits',
    'perhaps-debited': 'perhaps debited before the store was put back',
    'store-in-doubt': 'the store is in doubt',
    'decision-needed': 'a person has to decide',
    'banks-blocked': 'every bank has blocked our account',
    'banks-unreachable': 'the banks that could collect cannot be reached',
    'banks-in-trouble': 'the banks that could collect, or the issuers, are in trouble',
    'scheme-budget': 'the card scheme’s rules allow no attempt yet',
    'card-data-unreadable': 'the card data cannot be opened',
  } as const satisfies Record<WaitKind, string>,
  ...events,
  ...alarms,
} as const;

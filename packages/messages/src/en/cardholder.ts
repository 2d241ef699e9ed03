/** The cardholder’s page, in English. */
export const cardholder = {
  title: 'Payment for your purchase',
  bought: 'What was bought',
  where: 'Where',
  when: 'When',
  card: 'Card',
  /** What the page says of the debt as a whole. */
  state: {
    'looked-into':
      'This payment is being looked into with the bank. You need not do anything now; no bank is asked to charge the card meanwhile.',
    asking: 'Asking your bank… This page refreshes by itself.',
    'cannot-ask-now':
      'We have not been able to ask your bank yet, and we keep trying. This page refreshes by itself.',
    paid: 'The purchase is paid. Thank you!',
    'paid-after-listing': 'The purchase is paid, and the card is welcome again. Thank you!',
    'listed-final': 'The purchase is unpaid, so we cannot take this card for now.',
    listed:
      'The purchase is unpaid, so we cannot take this card for now. Once it is paid the card is welcome again.',
    final: 'Your bank did not approve the payment.',
    'tried-again': 'Your bank did not approve the payment. We will try again: {{next}}.',
    'about-to-try': 'Your bank did not approve the payment. We are about to try again.',
    'payable-until': 'Your bank did not approve the payment. You can pay until {{end}}.',
    unpaid: 'Your bank did not approve the payment.',
    'unreached-tried-again': 'We could not reach your bank. We will try again: {{next}}.',
    'unreached-about-to-try': 'We could not reach your bank. We are about to try again.',
    unreached: 'We could not reach your bank: the purchase is unpaid.',
  },
  /** The last attempt, when it was, and what came of it. */
  last: {
    first: 'Last attempt: {{at}}. The bank declined: {{reason}}.',
    retry: 'Last attempt: {{at}}. The bank declined again: {{reason}}.',
    'cardholder-request': 'You asked to try: {{at}}. The bank declined again: {{reason}}.',
  },
  lastUnreached: {
    first: 'Last attempt: {{at}}. Your bank could not be reached.',
    retry: 'Last attempt: {{at}}. Your bank could not be reached.',
    'cardholder-request': 'You asked to try: {{at}}. Your bank could not be reached.',
  },
  reason: {
    'not-enough-money': 'not enough money on the account',
    'over-limit': 'a limit of the card is reached',
    'card-expired': 'the card has expired',
    'card-not-activated': 'the card is not activated yet',
    'card-not-usable': 'the bank allows no payments with this card',
    'not-allowed': 'the bank does not allow this payment',
    'pin-needed': 'the bank could not check the PIN',
    'ask-the-bank': 'the bank wants to talk to you first',
    'no-reason': 'it gave no reason',
  },
  today: 'today, {{time}}',
  try: 'Try now',
  later: {
    'advised-wait': 'The bank asks to wait. You can pay by yourself later: {{from}}.',
    'bank-unreachable': 'Your bank could not be reached just now. You can try by yourself later: {{from}}.',
    budget: 'The card’s rules allow no more attempts now. You can pay by yourself later: {{from}}.',
  },
  final: 'It cannot be paid with this card: please ask your bank.',
  unknown: 'This link does not work any more',
  unknownText: 'It may have expired. The next message brings a new one.',
} as const;

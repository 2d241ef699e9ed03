/** The cardholder’s page, in English. */
export const cardholder = {
  title: 'Payment for your purchase',
  bought: 'What was bought',
  where: 'Where',
  when: 'When',
  card: 'Card',
  sum: 'Sum',
  /** What the page says of the debt as a whole. */
  state: {
    asking: 'Asking your bank… This page refreshes by itself.',
    'tried-again': 'Your bank did not approve the payment. We will try again: {{next}}.',
    'payable-until': 'Your bank did not approve the payment. You can pay until {{end}}.',
    final: 'Your bank did not approve the payment.',
    listed:
      'The purchase is unpaid, so we cannot take this card for now. Once it is paid the card is welcome again.',
    'listed-final': 'The purchase is unpaid, so we cannot take this card for now.',
    paid: 'The purchase is paid. Thank you!',
    'paid-after-listing': 'The purchase is paid, and the card is welcome again. Thank you!',
  },
  /** The last attempt, when it was, and what came of it. */
  last: {
    first: '{{at}}: the bank declined: {{reason}}.',
    retry: '{{at}}: we tried again, and the bank declined: {{reason}}.',
    asked: '{{at}}: you asked to try, and the bank declined again: {{reason}}.',
    'retry-undecided': '{{at}}: we tried again, and the bank could not be reached. Nothing was debited.',
    'asked-undecided': '{{at}}: you asked to try, and the bank could not be reached. Nothing was debited.',
  },
  reason: {
    'not-enough-money': 'not enough money on the account',
    'over-limit': 'a limit of the card is reached',
    'card-expired': 'the card has expired',
    'card-not-usable': 'the bank allows no payments with this card',
    'not-allowed': 'the bank does not allow this payment',
    'pin-needed': 'the bank could not check the PIN',
    'no-reason': 'the bank gave no reason',
    'bank-trouble': 'the bank could not decide',
  },
  try: 'Try now',
  later: 'The bank asks to wait. You can pay by yourself later: {{from}}.',
  final: 'It cannot be paid with this card: please ask your bank.',
  unknown: 'This link does not work any more',
  unknownText: 'It may have expired. The next message brings a new one.',
} as const;

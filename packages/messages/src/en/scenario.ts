/** The sandbox’s scenario, a line an event, in English: by the keys of `@bivak/contracts`’ scenario. */
export const scenario = {
  step: {
    prelude: 'The evening before, at the depot',
    tunnel: '1. The train leaves; no link',
    reports: '2. Sales by item, printed without a link',
    arrival: '3. The link returns, in pieces',
    week: '4. A week of debts',
    'stop-list': '5. The stop-list at the tills',
    sums: 'The sums',
  },
  note: {
    'sale-accepted': {
      offline: '{{till}} {{sale}} {{sum}}, card …{{card}}: accepted offline',
      online: '{{till}} {{sale}} {{sum}}, card …{{card}}: accepted online',
      cash: '{{till}} {{sale}} {{sum}}: cash',
    },
    'sale-refused': {
      card: '{{till}} {{sum}}, card …{{card}}: not accepted. “{{reason}} {{advice}}”',
      noCard: '{{till}} {{sum}}: not accepted. “{{reason}} {{advice}}”',
    },
    'tills-ready': 'Both tills are enrolled and have the stop-list.',
    'link-cut': 'The link is gone for a few minutes.',
    'item-report': '{{tillId}}: items: {{items}}, sales: {{sales}}',
    'process-killed': 'The plug of {{process}} is pulled (kill -9).',
    'process-back': '{{process}} is up again.',
    'bank-down': '{{bank}} is down.',
    'bank-silent': '{{bank}} takes requests and never answers.',
    'bank-answers-again': '{{bank}} answers again.',
    'journals-shipped': 'The tills have shipped their journals.',
    'sms-sent': 'SMS to {{to}}:',
    'salary-arrived': 'Day 3: the first debtor’s salary arrives.',
    'attempt-requested': 'The second debtor opens the page of the SMS and asks for another attempt.',
  },
  claim: {
    'unknown-stolen-card-accepted': 'A card that nobody knows to be stolen is accepted offline.',
    'stolen-card-listed':
      'The issuer says “stolen”: never retried, on the stop-list at once, and the tills have the list.',
    'accepted-offline_one':
      '{{count}} card sale accepted offline, checked by the till alone, signed by its drive, with a receipt.',
    'accepted-offline_other':
      '{{count}} card sales accepted offline, each checked by the till alone, signed by its drive, with a receipt.',
    'listed-card-refused': 'A listed card is refused.',
    'expired-card-refused': 'An expired card is refused.',
    'online-only-card-refused': 'A card that works only online is refused.',
    'over-sale-limit-refused': 'A sale over the limit for one sale is refused.',
    'large-sale-accepted': 'A large sale within the limits is accepted.',
    'over-card-limit-refused': 'The same card over its cumulative limit is refused.',
    'reports-agree_one':
      'The reports hold the one sale, card and cash apart, and their sums agree with the receipts.',
    'reports-agree_other':
      'The reports hold every one of the {{count}} sales, card and cash apart, and their sums agree with the receipts.',
    'reversed-before-elsewhere_one':
      '{{count}} payment was reversed at the silent bank before it went elsewhere; no card is debited twice.',
    'reversed-before-elsewhere_other':
      '{{count}} payments were reversed at the silent bank before they went elsewhere; no card is debited twice.',
    'own-cards-on-us':
      'Sales to the own cards of {{bank}}: {{sales}}, debited at that bank itself: {{onUs}}. On us costs least.',
    'own-cards-elsewhere':
      '{{bank}} was down. Sales to its own cards that were debited at the others: {{elsewhere}}.',
    collected_one: '{{count}} sale is collected, by the banks’ own books.',
    collected_other: '{{count}} sales are collected, by the banks’ own books.',
    'receipts-at-operator_one': 'The fiscal data operator has the {{count}} receipt.',
    'receipts-at-operator_other': 'The fiscal data operator has all {{count}} receipts.',
    'debts-opened':
      'Three cards lack funds: debts, to be retried each morning. One was stolen: stop-listed at once, never retried.',
    'collected-in-the-morning': 'The morning’s attempt has collected it. Declines before: {{declines}}.',
    'paid-at-once': 'Paid at once, by the bank’s books.',
    'not-listed-before-the-end': 'An hour before the end of day 7 the third card is not listed yet.',
    'listed-at-the-end':
      'The third never paid. Declines: {{declines}}, messages: {{messages}}, stop-listed at the end of day 7.',
    'stolen-card-never-retried': 'The stolen card was never retried.',
    'listed-card-refused-again': '{{tillId}} refuses the listed card.',
    'paid-off-the-list': 'The debtor pays on the page; the card is off the list.',
    'accepted-again': {
      offline: 'The till accepts the card again, offline.',
      online: 'The till accepts the card again, online.',
    },
    'no-double-debit': 'No card was debited twice for one sale.',
    'nothing-lost': 'No sale was lost.',
    'receipt-for-each-sale':
      'Every accepted sale, and nothing else, has its receipt at the fiscal data operator.',
  },
  untrue: 'NOT TRUE: {{claim}}',
  /** What the scenario waits for. */
  wait: {
    'tills-notice-link': 'the tills notice that the link is there',
    'tills-notice-cut': 'the tills notice that the link is gone',
    'stop-list-at-tills': 'the tills have the newest stop-list',
    'stolen-card-listed': 'the stolen card is on the stop-list',
    'silent-bank-debited': 'the silent bank has debited without an answer',
    'journals-shipped': 'the tills have shipped everything',
    'only-reversals-left': 'no payment waits for anything but the silent bank',
    'payments-decided': 'every payment is decided',
    'documents-at-operator': 'the fiscal data operator has every document',
    'debts-opened': 'the declined sales have become debts',
    'second-debt-paid': 'the second debt is paid',
    'third-debt-paid': 'the third debt is paid',
    'everything-arrived': 'everything has arrived',
    'host-idle': 'the host has nothing under way',
    'due-work-done': 'the host has done everything that was due',
  },
} as const;

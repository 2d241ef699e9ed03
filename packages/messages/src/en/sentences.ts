/** Sentences over a whole state, in English: which is said when stands in `src/sentences/`. */
export const sentences = {
  /** What needs a person. */
  action: {
    'store-in-doubt_one':
      'The host’s store may be older than the world: nothing is sent to the banks. {{count}} payment ({{sum}}) is at stake. Decide about the store.',
    'store-in-doubt_other':
      'The host’s store may be older than the world: nothing is sent to the banks. {{count}} payments ({{sum}}) are at stake. Decide about the store.',
    'perhaps-debited_one':
      '{{count}} payment ({{sum}}) may have been debited before the store was put back, and is held. Read the banks’ day files.',
    'perhaps-debited_other':
      '{{count}} payments ({{sum}}) may have been debited before the store was put back, and are held. Read the banks’ day files.',
    'every-bank-blocked_one':
      'Every bank has blocked the account: {{count}} payment ({{sum}}) waits. Call the banks.',
    'every-bank-blocked_other':
      'Every bank has blocked the account: {{count}} payments ({{sum}}) wait. Call the banks.',
    'every-bank-blocked-idle': 'Every bank has blocked the account: payments will wait. Call the banks.',
    'no-bank-reached_one': 'No bank can be reached: {{count}} payment ({{sum}}) waits.',
    'no-bank-reached_other': 'No bank can be reached: {{count}} payments ({{sum}}) wait.',
    'no-bank-reached-idle': 'No bank can be reached: payments will wait.',
    'no-bank-usable_one':
      'No bank can be used: {{count}} payment ({{sum}}) waits. Not connected: {{down}}. Account blocked: {{blocked}}. Call those that have blocked it.',
    'no-bank-usable_other':
      'No bank can be used: {{count}} payments ({{sum}}) wait. Not connected: {{down}}. Account blocked: {{blocked}}. Call those that have blocked it.',
    'no-bank-usable-idle':
      'No bank can be used: payments will wait. Not connected: {{down}}. Account blocked: {{blocked}}. Call those that have blocked it.',
    'bank-blocked': '{{bank}} has blocked the account: payments go through {{others}}. Call the bank.',
    'bank-down': '{{bank}} is not connected: payments go through {{others}}.',
    'bank-failing': '{{bank}} has failed lately: payments go to {{others}} first.',
    'every-usable-bank-failing': 'Every bank that can be used has failed lately: {{banks}}.',
    'bank-not-authentic_one':
      '{{bank}}: {{count}} message was not authentic and was not believed. Compare the keys with the bank.',
    'bank-not-authentic_other':
      '{{bank}}: {{count}} messages were not authentic and were not believed. Compare the keys with the bank.',
    alarm: 'Till {{till}}. {{what}}',
    overdue_one: 'The bank’s time for payment {{payment}} ({{sum}}) ran out {{due}}.',
    overdue_other: 'The banks’ time has run out for {{count}} payments ({{sum}}), the first {{due}}.',
    'due-soon_one': 'The bank’s time for payment {{payment}} ({{sum}}) runs out {{due}}.',
    'due-soon_other': 'The banks’ time soon runs out for {{count}} payments ({{sum}}), the first {{due}}.',
    'card-data_one':
      'Card data cannot be opened: {{count}} payment ({{sum}}) waits. Load the keys of the tills’ readers.',
    'card-data_other':
      'Card data cannot be opened: {{count}} payments ({{sum}}) wait. Load the keys of the tills’ readers.',
    'till-silent':
      'Till {{till}} has not been in contact since {{since}}: what it has sold since is not known here.',
  },
  /** How the latest cycle of a payment ended without the money. */
  declineCause: { declined: 'The issuer declined', unreached: 'The issuer could not be reached' },
  /** Where one payment stands. */
  headline: {
    received: 'Arrived; no bank is chosen yet.',
    routed: 'A bank is chosen; about to be sent.',
    sending: 'On its way to a bank.',
    waiting: '{{reason}}.',
    unknown: 'It is not known whether the bank has debited: that is reversed first.',
    reversing: 'Being reversed; no other bank is asked before the reversal is confirmed.',
    collected: 'Collected.',
    'collected-recovered': 'Collected after a decline: the debt is recovered.',
    'collected-after-listing': 'Collected after the card was stop-listed: the debt is paid.',
    'collected-debt-closing': 'Collected; its debt is about to be closed.',
    declined: '{{cause}}.',
    'declined-retry': '{{cause}}; a debt is open, and the next attempt is {{next}}.',
    'declined-due': '{{cause}}; a debt is open, and another attempt is due.',
    'declined-no-retry':
      '{{cause}}; a debt is open, no attempt is planned, and the card is stop-listed {{ends}} unless it is paid.',
    'declined-window-over':
      '{{cause}}; the debt’s window is over, and the card is stop-listed once the messages to its holder are known to have arrived.',
    'declined-held':
      '{{cause}}; the debt’s window is over, and a person has to decide about the card: not all messages reached its holder.',
    'declined-given-up': '{{cause}}; the debt is given up: the card is not stop-listed.',
    'declined-attempting': '{{cause}}; another attempt is asked for.',
    'declined-listed': '{{cause}}; the card is stop-listed until the debt is paid.',
    'declined-paid': '{{cause}}; the debt is paid.',
    cancelling: 'The sale did not happen: what was debited is being reversed.',
    cancelled: 'The sale did not happen: nothing is debited.',
  },
  /** What of the till has not left it. */
  unsent: {
    sales_one: '{{count}} sale to be sent: {{lasting}}',
    sales_other: '{{count}} sales to be sent: {{lasting}}',
    entries_one: '{{count}} journal entry to be sent',
    entries_other: '{{count}} journal entries to be sent',
    documents_one: '{{count}} fiscal document to be sent',
    documents_other: '{{count}} fiscal documents to be sent',
    'documents-unknown': 'Sales sent; fiscal documents: not known',
    none: 'All sent',
  },
} as const;

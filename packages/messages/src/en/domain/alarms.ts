import type { AlarmKind, EntryDecision, IntakeFault, QuarantineKind, SaleEndDecision } from '@bivak/domain';

/** What can be wrong with a till, its journal or a payment, and what is decided about that, in English. */
export const alarms = {
  entryDecision: {
    collect: 'collect it as a sale of its own',
    dismiss: 'collect nothing for it here',
  } as const satisfies Record<EntryDecision, string>,
  saleEndDecision: {
    keep: 'it was sold: the money stays',
    'give-back': 'it was not sold: the money is given back',
  } as const satisfies Record<SaleEndDecision, string>,
  alarm: {
    'journal-refused': {
      entries_one: 'Its journal is not taken: {{fault}}. Entries that wait at the till: {{count}} or more.',
      entries_other: 'Its journal is not taken: {{fault}}. Entries that wait at the till: {{count}} or more.',
    },
    'entry-quarantined': {
      sale: 'Entry {{seq}} of its journal, sale {{sale}} ({{sum}}), did not become a payment: {{reason}}.',
      other: 'Entry {{seq}} of its journal did not become a payment: {{reason}}.',
    },
    'card-data-unreadable': {
      single:
        'The card data of one sale ({{sum}}) of {{since}} cannot be opened. {{fault}}. If its reader has another key, load that.',
      sales_one:
        'The card data of {{count}} sale ({{sum}}) since {{since}} cannot be opened. {{fault}}. The till takes no more cards without a link with that reader. Load its key.',
      sales_other:
        'The card data of {{count}} sales ({{sum}}) since {{since}} cannot be opened. {{fault}}. The till takes no more cards without a link with that reader. Load its key.',
    },
    'sales-waiting': {
      sales_one:
        '{{count}} accepted card sale ({{sum}}) has waited since {{since}} to become a payment. Look into the host’s log.',
      sales_other:
        '{{count}} accepted card sales ({{sum}}) have waited since {{since}} to become payments. Look into the host’s log.',
    },
    'sale-unended':
      'Sale {{payment}} ({{sum}}) was approved online, and its till has not said since {{since}} whether it was sold. A person has to decide.',
    'clock-off': {
      fast: 'Its clock is {{lasting}} fast.',
      slow: 'Its clock is {{lasting}} slow.',
    },
    'enrolment-attempts': 'Somebody is guessing its enrolment code; wrong ones in a row: {{wrongCodes}}.',
    'approved-late': {
      code: '{{bank}} may have debited payment {{payment}} ({{sum}}) after another answer: code {{code}}. It is given back.',
      noCode:
        '{{bank}} may have debited payment {{payment}} ({{sum}}) after another answer. It is given back.',
    },
    'payment-needs-decision':
      'Payment {{payment}}, attempt {{attempt}} at {{bank}} ({{sum}}): a person has to decide by the bank’s books, because {{cause}}.',
    'debt-needs-decision':
      'Debt of payment {{payment}} ({{sum}}): its window is over, and a person has to decide about the card, because {{shortfall}}.',
    'payment-stuck': 'Payment {{payment}} ({{sum}}) has not been decided since {{since}}; it is: {{state}}.',
  } as const satisfies Record<AlarmKind, object | string>,
  intakeFault: {
    malformed: 'the entry after {{seq}} is malformed',
    'wrong-till': 'the entry after {{seq}} is of another till',
    'bad-signature': 'the entry after {{seq}} has a wrong signature',
    gap: 'entries are missing after {{seq}}',
    repeated: 'the entry after {{seq}} repeats an earlier one',
    'broken-chain': 'the chain is broken after entry {{seq}}',
    changed: 'the entry after {{seq}} was changed',
    unreadable: 'what comes after entry {{seq}} cannot be read',
    'former-key': 'the entry after {{seq}} is signed with a former key of the till',
    'not-storable': 'the entry after {{seq}} holds a value that the host cannot store',
    'attachment-missing': 'what lies beside the entry after {{seq}} was lost on its way',
    'attachment-differs': 'what lies beside the entry after {{seq}} is not what it commits to',
  } as const satisfies Record<IntakeFault, string>,
  quarantineReason: {
    'unknown-kind':
      'this host does not know the kind “{{entryKind}}” yet; it is taken in by itself once it does',
    'newer-version':
      'this host does not know version {{version}} of “{{entryKind}}” yet; it is taken in by itself once it does',
    'malformed-body': 'its contents are not those of “{{entryKind}}”',
    'no-intent': 'its sale was never begun in the journal',
    'no-card': 'a sale by card that names no card',
    'sale-of-another-till': 'it names the sale of another till',
    'wrong-currency': 'its currency is {{currency}}, not {{expectedCurrency}}',
    'zero-sum': 'its sum is zero',
    'sum-too-large': 'its sum is too large',
    'sale-repeated': {
      sum: 'sale number used twice: first {{first}} (entry {{firstSeq}}), now {{second}}',
      card: 'sale number used twice, with two cards: first {{first}} (entry {{firstSeq}}), now {{second}}',
      repeat: 'its sale was written before: {{first}} (entry {{firstSeq}})',
    },
    'ended-before': {
      accepted: 'its sale was ended before, as sold (entry {{seq}})',
      abandoned: 'its sale was ended before, as not sold (entry {{seq}})',
    },
    'tender-differs': 'a sale by card that ends as paid in cash',
    'given-back': 'its money was given back before the till said that it was sold',
    'card-refused': 'the card cannot be debited for this sale ({{fault}}): a person has to look into it',
    'card-unreadable': 'its card data cannot be opened. {{fault}}',
    'not-storable': 'it holds a value that the database cannot store',
  } as const satisfies Record<QuarantineKind, object | string>,
} as const;

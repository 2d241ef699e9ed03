/** Messages to cardholders, in English: plain, polite, short; the shop’s name first. `{{link}}` is the cardholder’s page. */
export const notices = {
  declined: {
    'tried-again':
      '{{shop}}: your bank did not approve {{sum}} for your purchase of {{date}}. We will try again: {{next}}. Details and pay now: {{link}}',
    'payable-until':
      '{{shop}}: your bank did not approve {{sum}} for your purchase of {{date}}. You can pay until {{end}}: {{link}}',
    payable: '{{shop}}: your bank did not approve {{sum}} for your purchase of {{date}}. Pay: {{link}}',
    final:
      '{{shop}}: your bank did not approve {{sum}} for your purchase of {{date}}. It cannot be paid with this card: please ask your bank. Details: {{link}}',
  },
  'bank-unreachable': {
    'tried-again':
      '{{shop}}: we cannot reach your bank about {{sum}} for your purchase of {{date}}. You need not do anything now, we will try again: {{next}}. Details: {{link}}',
    'payable-until':
      '{{shop}}: we cannot reach your bank about {{sum}} for your purchase of {{date}}. You can pay until {{end}}: {{link}}',
    payable:
      '{{shop}}: we cannot reach your bank about {{sum}} for your purchase of {{date}}. Details and pay: {{link}}',
  },
  middle: {
    'tried-again':
      '{{shop}}: your purchase of {{date}} for {{sum}} is still unpaid. We will try again: {{next}}. Details and pay now: {{link}}',
    'payable-until':
      '{{shop}}: your purchase of {{date}} for {{sum}} is still unpaid. You can pay until {{end}}: {{link}}',
    payable: '{{shop}}: your purchase of {{date}} for {{sum}} is still unpaid. Pay: {{link}}',
    final:
      '{{shop}}: your purchase of {{date}} for {{sum}} is still unpaid. It cannot be paid with this card: please ask your bank. Details: {{link}}',
  },
  'day-before': {
    payable:
      '{{shop}}: {{when}} the time to pay for your purchase of {{date}} ({{sum}}) ends. After that we cannot take the card for now. Pay: {{link}}',
    final:
      '{{shop}}: {{when}} the time to pay for your purchase of {{date}} ({{sum}}) ends. After that we cannot take the card for now. It cannot be paid with this card: please ask your bank. Details: {{link}}',
  },
  listed: {
    payable:
      '{{shop}}: your purchase of {{date}} for {{sum}} is unpaid, so we cannot take the card for now. Pay, and it is welcome again: {{link}}',
    final:
      '{{shop}}: your purchase of {{date}} for {{sum}} is unpaid, so we cannot take the card for now. It cannot be paid with this card: please ask your bank. Details: {{link}}',
  },
  paid: '{{shop}}: your purchase of {{date}} for {{sum}} is paid. Thank you!',
  when: { today: 'today, {{end}},', tomorrow: 'tomorrow, {{end}},', on: 'on {{end}}' },
} as const;

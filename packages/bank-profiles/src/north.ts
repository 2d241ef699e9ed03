import { iso87 } from '@bivak/iso8583';
import { type BankProfile, usualReversalReasons, usualTimeouts } from './profile.ts';

/** North Bank: passes on the issuer's advice on retrying in DE 44. */
export const north: BankProfile = {
  name: 'north',
  header: 'binary-2',
  version: '1987',
  isEncrypted: false,
  timeouts: usualTimeouts,
  debit: { immediate: 'request', deferred: 'request' },
  completion: { messageClass: '2', confirmingCodes: [] },
  givesRrn: false,
  networkDoneCode: '00',
  spec: iso87('ISO 8583:1987 in ASCII, binary bitmap', 'ascii', 'binary'),
  referenceField: 48,
  conditionCode: { immediate: '00', deferred: '06' },
  indicator: { field: 60, immediate: '0', deferred: '5206', resubmission: '3900' },
  adviceCodeField: 44,
  echoedFields: [4, 11, 37, 48],
  reversal: {
    sentAs: 'advice',
    reason: { field: 39, codes: usualReversalReasons },
    confirmingCodes: [],
    notFoundCodes: ['25'],
    notYetMs: 300_000,
    takesRefunds: true,
  },
  notSupportedCode: '40',
  responseClasses: {},
};

import { iso87 } from '@bivak/iso8583';
import { type BankProfile, reversalReasons93, usualTimeouts } from './profile.ts';

/** Volga Bank: packed digits behind a transport header; a reversal is asked for, and says why in DE 56. */
export const volga: BankProfile = {
  name: 'volga',
  header: 'binary-2',
  tpdu: { destination: '0003', source: '0000' },
  version: '1987',
  isEncrypted: false,
  timeouts: usualTimeouts,
  debit: { immediate: 'request', deferred: 'request' },
  completion: { messageClass: '2', confirmingCodes: [] },
  givesRrn: false,
  networkDoneCode: '00',
  spec: iso87('ISO 8583:1987 with packed digits, binary bitmap', 'bcd', 'binary'),
  referenceField: 62,
  conditionCode: { immediate: '00', deferred: '00' },
  indicator: { field: 63, immediate: 'ONL', deferred: 'SAF', resubmission: 'RES' },
  echoedFields: [4, 11, 37, 62],
  reversal: {
    sentAs: 'request',
    reason: { field: 56, codes: reversalReasons93 },
    confirmingCodes: [],
    notFoundCodes: ['25'],
    notYetMs: 300_000,
    takesRefunds: true,
  },
  notSupportedCode: '40',
  responseClasses: {},
};

import { iso87 } from '@bivak/iso8583';
import { type BankProfile, usualReversalReasons, usualTimeouts } from './profile.ts';

/**
 * Ural Bank: lengths and bitmap in characters. It reserves by 0100 and debits by 0220, gives each request an RRN of its own, and
 * can be asked what became of one.
 */
export const ural: BankProfile = {
  name: 'ural',
  header: 'ascii-4',
  version: '1987',
  isEncrypted: false,
  timeouts: usualTimeouts,
  debit: { immediate: 'reserve', deferred: 'reserve' },
  completion: { messageClass: '2', confirmingCodes: [] },
  givesRrn: true,
  networkDoneCode: '00',
  spec: iso87('ISO 8583:1987 in ASCII, bitmap in hex digits', 'ascii', 'hex'),
  referenceField: 61,
  conditionCode: { immediate: '00', deferred: '00' },
  indicator: { field: 60, immediate: '00', deferred: '01', resubmission: '02' },
  echoedFields: [4, 11, 61],
  inquiry: { processingCode: '380000' },
  reversal: {
    sentAs: 'advice',
    reason: { field: 39, codes: usualReversalReasons },
    confirmingCodes: [],
    notFoundCodes: ['25'],
    notYetMs: 300_000,
    takesRefunds: true,
  },
  notSupportedCode: '40',
  responseClasses: { '92': 'bank-trouble' },
};

import { iso93 } from '@bivak/iso8583';
import { type BankProfile, reversalReasons93, usualTimeouts } from './profile.ts';

/**
 * Baikal Bank: ISO 8583:1993 in EBCDIC over TLS, each message authenticated. A sale that was taken offline is told, not asked
 * for (1220), and it can be asked what became of one.
 */
export const baikal: BankProfile = {
  name: 'baikal',
  header: 'binary-2',
  version: '1993',
  spec: iso93('ISO 8583:1993 in EBCDIC, binary bitmap', 'ebcdic', 'binary'),
  mac: 'aes-cmac',
  isEncrypted: true,
  timeouts: { ...usualTimeouts, connectMs: 15_000, answerMs: 20_000 },
  referenceField: 48,
  debit: { immediate: 'request', deferred: 'advise' },
  completion: { messageClass: '2', confirmingCodes: ['900', '901'] },
  conditionCode: { immediate: '1510', deferred: '1004' },
  indicator: { field: 62, immediate: 'I', deferred: 'D', resubmission: 'R' },
  adviceCodeField: 44,
  echoedFields: [4, 11, 37, 48],
  givesRrn: false,
  inquiry: { processingCode: '380000' },
  reversal: {
    sentAs: 'advice',
    reason: { field: 25, codes: reversalReasons93 },
    confirmingCodes: ['400', '480'],
    notFoundCodes: ['914'],
    notYetMs: 300_000,
    takesRefunds: true,
  },
  networkDoneCode: '800',
  notSupportedCode: '115',
  responseClasses: {},
};

import { iso87 } from '@bivak/iso8583';
import type { BankProfile } from './profile.ts';

/** Ural Bank: lengths and bitmap in characters. */
export const ural: BankProfile = {
  name: 'ural',
  header: 'ascii-4',
  spec: iso87('ISO 8583:1987 in ASCII, bitmap in hex digits', 'ascii', 'hex'),
  referenceField: 61,
  conditionCode: { immediate: '00', deferred: '00' },
  indicator: { field: 60, immediate: '00', deferred: '01', resubmission: '02' },
  echoedFields: [4, 11, 37, 61],
  reversal: { confirmingCodes: [], notFoundCodes: ['25'], notYetMs: 300_000, takesRefunds: true },
  notSupportedCode: '40',
  responseClasses: { '92': 'bank-trouble' },
};

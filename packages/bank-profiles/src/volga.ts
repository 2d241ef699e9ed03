import { iso87 } from '@bivak/iso8583';
import type { BankProfile } from './profile.ts';

/** Volga Bank: packed digits. */
export const volga: BankProfile = {
  name: 'volga',
  header: 'binary-2',
  spec: iso87('ISO 8583:1987 with packed digits, binary bitmap', 'bcd', 'binary'),
  referenceField: 62,
  conditionCode: { immediate: '00', deferred: '00' },
  indicator: { field: 63, immediate: 'ONL', deferred: 'SAF', resubmission: 'RES' },
  echoedFields: [4, 11, 37, 62],
  reversal: { confirmingCodes: [], notFoundCodes: ['25'], notYetMs: 300_000, takesRefunds: true },
  notSupportedCode: '40',
  responseClasses: {},
};

import type { LengthHeader } from '../framing.ts';
import type { MessageSpec } from '../specification.ts';
import { iso87 } from './iso87.ts';

/** How one bank wants its messages: the one place that says it. */
export interface BankProfile {
  name: string;
  header: LengthHeader;
  spec: MessageSpec;
  /** The field in which the bank keeps the merchant's reference (the sale's identity), and gives it back. */
  referenceField: number;
  /** DE 25 of an ordinary request and of a sale taken offline earlier. */
  conditionCode: { immediate: string; deferred: string };
  /** Private field and its values that say how a sale came to be: there is no standard value for it. */
  indicator: { field: number; immediate: string; deferred: string; resubmission: string };
  /** Where a declining issuer's advice on retrying stands (for example Mastercard's merchant advice code), if the bank passes it on. */
  adviceCodeField?: number;
  /** Codes that mean something else at this bank than in the common table. */
  responseClasses: Readonly<Record<string, 'approved' | 'declined' | 'merchant-blocked' | 'bank-trouble'>>;
}

/** DE 70. */
export const networkCodes = { signOn: '001', signOff: '002', echo: '301' } as const;

const profiles: readonly BankProfile[] = [
  {
    name: 'north',
    header: 'binary-2',
    spec: iso87('ISO 8583:1987 in ASCII, binary bitmap', 'ascii', 'binary'),
    referenceField: 48,
    conditionCode: { immediate: '00', deferred: '06' },
    indicator: { field: 60, immediate: '0', deferred: '5206', resubmission: '3900' },
    adviceCodeField: 44,
    responseClasses: {},
  },
  {
    name: 'volga',
    header: 'binary-2',
    spec: iso87('ISO 8583:1987 with packed digits, binary bitmap', 'bcd', 'binary'),
    referenceField: 62,
    conditionCode: { immediate: '00', deferred: '00' },
    indicator: { field: 63, immediate: 'ONL', deferred: 'SAF', resubmission: 'RES' },
    responseClasses: {},
  },
  {
    name: 'ural',
    header: 'ascii-4',
    spec: iso87('ISO 8583:1987 in ASCII, bitmap in hex digits', 'ascii', 'hex'),
    referenceField: 61,
    conditionCode: { immediate: '00', deferred: '00' },
    indicator: { field: 60, immediate: '00', deferred: '01', resubmission: '02' },
    responseClasses: { '92': 'bank-trouble' },
  },
];

/** The profile of that name. Throws an Error that lists the names where there is none. */
export function bankProfile(name: string): BankProfile {
  const profile = profiles.find((one) => one.name === name);
  if (profile !== undefined) return profile;
  throw new Error(
    `there is no bank profile "${name}"; there are ${profiles.map((one) => one.name).join(', ')}`,
  );
}

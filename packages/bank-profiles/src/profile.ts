import type { ResponseClass } from '@bivak/domain';
import type { LengthHeader, MessageSpec } from '@bivak/iso8583';

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
  responseClasses: Readonly<Record<string, ResponseClass>>;
}

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
  /**
   * Fields that this bank repeats in each of its answers. Others may be missing or hold a value of its own (its RRN in DE 37):
   * an answer is its request's if what is repeated is the same.
   */
  echoedFields: readonly number[];
  /** Where an approval says for which sum it is, if not in DE 4: DE 6, or DE 54, in which other banks give a balance. */
  approvedAmountField?: 6 | 54;
  /** How a reversal ends, and what is done if the bank no longer knows a debit that it has approved. */
  reversal: {
    /** DE 39 by which the bank confirms that nothing is debited (any more), beside 00. */
    confirmingCodes: readonly string[];
    /** DE 39 by which it says that it knows of no such debit. */
    notFoundCodes: readonly string[];
    /** So long after a debit left, "no such debit" means that it has not arrived yet. */
    notYetMs: number;
    /** True if it takes a refund: a financial request with processing code 20. */
    takesRefunds: boolean;
  };
  /** DE 39 in our answer to a message of the bank's that asks for what is not done here. */
  notSupportedCode: string;
  /** Codes that mean something else at this bank than in the common table. */
  responseClasses: Readonly<Record<string, ResponseClass>>;
}

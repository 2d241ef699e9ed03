import type { DebitFlow, ResponseClass, ReversalReason } from '@bivak/domain';
import type { LengthHeader, MessageSpec, Tpdu } from '@bivak/iso8583';
import type { MacAlgorithm } from '@bivak/mac';

/** How one bank wants its messages: the one place that says it. */
export interface BankProfile {
  name: string;
  header: LengthHeader;
  /** Before each of our messages, behind its length; the bank's have the two ends exchanged. */
  tpdu?: Tpdu;
  /** 1987: 0xxx, DE 70, DE 90. 1993: 1xxx, three-digit action codes, DE 24, DE 56. */
  version: '1987' | '1993';
  spec: MessageSpec;
  /** How each message is authenticated, in DE 64 or 128; the key is the contract's. */
  mac?: MacAlgorithm;
  /** Reached by TLS alone, with a certificate of ours; authority, certificate and key are the contract's. */
  isEncrypted: boolean;
  timeouts: Timeouts;
  /** The field in which the bank keeps the merchant's reference (the sale's identity), and gives it back. */
  referenceField: number;
  /** How a sale that is asked for at once, and one taken offline earlier, is debited. */
  debit: { immediate: DebitFlow; deferred: DebitFlow };
  completion: {
    /** The advice that debits what was reserved: 0120 or 0220. */
    messageClass: '1' | '2';
    /** DE 39 by which the bank confirms that the debit stands, beside its approvals. */
    confirmingCodes: readonly string[];
  };
  /** DE 25 of an ordinary request and of a sale taken offline earlier: a condition code, or a message reason code of 1993. */
  conditionCode: { immediate: string; deferred: string };
  /** Private field and its values that say how a sale came to be: there is no standard value for it. */
  indicator: { field: number; immediate: string; deferred: string; resubmission: string };
  /** Where a declining issuer's advice on retrying stands (for example Mastercard's merchant advice code), if the bank passes it on. */
  adviceCodeField?: number;
  /**
   * Fields that this bank repeats in each of its answers. Others may be missing or hold a value of its own: an answer is its
   * request's if what is repeated is the same.
   */
  echoedFields: readonly number[];
  /** True if the bank gives each request an RRN of its own, by which what follows names it. */
  givesRrn: boolean;
  /** Where an approval says for which sum it is, if not in DE 4: DE 6, or DE 54, in which other banks give a balance. */
  approvedAmountField?: 6 | 54;
  /** Processing code (DE 3) of an inquiry: what became of a debit; undefined if the bank has none. */
  inquiry?: { processingCode: string };
  /** How a reversal is sent, how it ends, and what is done if the bank no longer knows a debit that it has approved. */
  reversal: {
    /** 0400, which is asked for, or 0420, which is told. */
    sentAs: 'request' | 'advice';
    /** Where the bank wants to read why, and by which codes. */
    reason: { field: 25 | 39 | 56; codes: Readonly<Record<ReversalReason, string>> };
    /** DE 39 by which the bank confirms that nothing is debited (any more), beside 00. */
    confirmingCodes: readonly string[];
    /** DE 39 by which it says that it knows of no such debit. */
    notFoundCodes: readonly string[];
    /** So long after a debit left, "no such debit" means that it has not arrived yet. */
    notYetMs: number;
    /** True if it takes a refund: a financial request with processing code 20. */
    takesRefunds: boolean;
  };
  /** DE 39 by which the bank, and we, say that a network message was done. */
  networkDoneCode: string;
  /** DE 39 in our answer to a message of the bank's that asks for what is not done here. */
  notSupportedCode: string;
  /** Codes that mean something else at this bank than in the common table. */
  responseClasses: Readonly<Record<string, ResponseClass>>;
}

/** How long this bank is waited for; a contract may set others. */
export interface Timeouts {
  /** A connection, its handshake with it. */
  connectMs: number;
  /** The answer to a message about money: shorter than a claim holds. */
  answerMs: number;
  /** The answer to a sign-on or an echo. */
  networkMs: number;
  /** An echo is sent so often on a connection on which nothing else happens. */
  echoEveryMs: number;
}

export const usualTimeouts: Timeouts = {
  connectMs: 10_000,
  answerMs: 15_000,
  networkMs: 15_000,
  echoEveryMs: 60_000,
};

/** Codes of 1987 for why a debit is reversed, as acquirers use those of DE 39. */
export const usualReversalReasons: Readonly<Record<ReversalReason, string>> = {
  'no-answer': '68',
  'late-answer': '68',
  'answer-not-understood': '22',
  'completion-refused': '22',
  'sale-cancelled': '17',
  'paid-otherwise': '17',
};

/** Message reason codes of 1993 (4000 to 4999: reversals), as PayEx and IFSF have them. */
export const reversalReasons93: Readonly<Record<ReversalReason, string>> = {
  'no-answer': '4021',
  'late-answer': '4021',
  'answer-not-understood': '4020',
  'completion-refused': '4020',
  'sale-cancelled': '4000',
  'paid-otherwise': '4000',
};

/** The message type of what debits, by its flow. */
export function debitType({ version }: Pick<BankProfile, 'version'>, flow: DebitFlow): string {
  const types: Readonly<Record<DebitFlow, string>> = { request: '200', reserve: '100', advise: '220' };
  return `${version === '1993' ? '1' : '0'}${types[flow]}`;
}

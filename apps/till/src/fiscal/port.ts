import type { FiscalMark, FiscalRefusal, LineItem, ShiftMark, Tender } from '@bivak/domain';

/**
 * What the till knows of a fiscal device: it signs documents, keeps them, gives them to the fiscal operator
 * when there is a way, and can be asked what became of a sale. How it is reached (drive protocol, a cash
 * register's own firmware, another country's device) is a driver's business.
 *
 * Calls may overlap: a driver does them one after another, and a sale goes before the next piece of a drain.
 */
export interface FiscalRegister {
  /** The device as it is now. Throws FiscalError `silent` if it does not answer. */
  status(): Promise<FiscalStatus>;

  /**
   * Registers the device if it is not registered yet; gives the registration in force. A device that is
   * registered for another taxpayer or cash register throws FiscalError `refused`, `registered-for-another`.
   */
  ensureRegistered(registration: FiscalRegistration): Promise<FiscalStatus>;

  /** Opens a shift. Throws FiscalError `refused`, `shift-already-open` if one is open. */
  openShift(options: { cashier: string }): Promise<ShiftMark>;

  /** Closes the open shift (one of more than 24 hours too). Throws `refused`, `shift-not-open` if none is. */
  closeShift(options: { cashier: string }): Promise<ShiftMark>;

  /**
   * Signs the receipt of a sale. If the device goes silent while the document is being formed, the driver
   * asks the device for its last document before anything else, so that a sale is never signed twice: this
   * resolves with the mark if the device had signed, and rejects with FiscalError otherwise. After
   * `silent` with `outcomeKnown: false` the caller asks `resolve` before it does anything about this sale.
   */
  sell(receipt: FiscalReceipt): Promise<FiscalMark>;

  /**
   * What became of a sale: reads the device's last documents back, newest first, and looks for the receipt
   * whose additional requisite (tag 1192) is `saleId`. Null means that the device answered and has not signed
   * it. An unfinished document is cancelled first, so that null stays true. Throws `silent` if the device
   * does not answer: then nothing is known.
   */
  resolve(saleId: string): Promise<FiscalMark | null>;

  /** Documents that the fiscal operator has not confirmed, and when the oldest was signed (null if there are none). */
  unsent(): Promise<{ count: number; oldestAtMs: number | null }>;

  /**
   * Gives the device's documents to the fiscal operator, oldest first, until all are confirmed, the link dies
   * or the signal aborts. Resolves with the number confirmed in this call (a dead link is no error: the rest
   * stays on the device for the next call). Throws FiscalError if the device itself fails.
   */
  drain(operator: { host: string; port: number }, signal: AbortSignal): Promise<number>;

  /** Ends the connection; calls under way reject with `silent`. */
  close(): Promise<void>;
}

export interface FiscalRegistration {
  /** Sixteen digits, given by the tax authority; checked against INN and serial number. */
  registrationNumber: string;
  /** The cash register's factory number. */
  serialNumber: string;
  merchant: { name: string; inn: string; address: string };
  /** Where sales take place (tag 1187). */
  place: string;
  operatorName: string;
  operatorInn: string;
  /** Tag 1062: the tax systems in use, a bit each (1 general, 2 simplified on income, 4 simplified on profit, …). */
  taxSystem: number;
  /** Tag 1021: who makes the registration. */
  cashier: string;
}

export interface FiscalReceipt {
  /** Tag 1192: what the receipt is found by afterwards. */
  saleId: string;
  lineItems: readonly Omit<LineItem, 'sku'>[];
  tender: Tender;
  totalMinor: number;
  /** Tag 1008: where the buyer wants the electronic receipt; null if none was given. */
  phone: string | null;
  /** When the buyer paid; the document itself is dated by the till's clock at signing. */
  soldAtMs: number;
  /** Tag 1021. */
  cashier: string;
}

export interface FiscalStatus {
  driveNumber: string;
  phase: 'not-ready' | 'awaiting-registration' | 'fiscal' | 'after-fiscal' | 'archive-only';
  /** Null before registration. */
  registrationNumber: string | null;
  shift: { open: boolean; number: number; receipts: number };
  lastDocumentNumber: number;
  lastDocumentAtMs: number | null;
  unsentDocuments: number;
  oldestUnsentAtMs: number | null;
  warnings: FiscalWarning[];
}

export type FiscalWarning =
  | 'replace-within-3-days'
  | 'replace-within-30-days'
  | 'memory-90-percent'
  | 'operator-overdue'
  | 'critical-error';

/** How a device failed, with its facts. */
export interface FiscalFailure {
  /** `silent`: it did not answer (cable, power). `refused`: it answered that it will not. */
  code: 'silent' | 'refused';
  /** Why it refused, by name; null if it is silent. */
  refusal?: FiscalRefusal | null;
  /** The device's own code, if it gave one. */
  answerCode?: number | null;
  /** False if the document may have been signed all the same: ask `resolve` once the device answers again. */
  outcomeKnown?: boolean;
}

/** A fiscal device failed. Its message is for the log: what failed is in its members. */
export class FiscalError extends Error implements Required<FiscalFailure> {
  readonly code: FiscalFailure['code'];
  readonly refusal: FiscalRefusal | null;
  readonly answerCode: number | null;
  readonly outcomeKnown: boolean;

  constructor(
    code: FiscalFailure['code'],
    message: string,
    facts: Omit<FiscalFailure, 'code'> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'FiscalError';
    this.code = code;
    this.refusal = facts.refusal ?? null;
    this.answerCode = facts.answerCode ?? null;
    this.outcomeKnown = facts.outcomeKnown ?? true;
  }
}

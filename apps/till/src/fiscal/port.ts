import type { Tender, tillApi } from '@bivak/contracts';
import type { z } from 'zod';

/**
 * What the till knows of a fiscal device: it signs documents, keeps them, gives them to the fiscal operator
 * when there is a way, and can be asked what became of a sale. How it is reached (drive protocol, a cash
 * register's own firmware, another country's device) is a driver's business.
 *
 * Calls may overlap: a driver does them one after another, and a sale goes before the next piece of a drain.
 */
export interface FiscalRegister {
  /** The device as it is now. Throws FiscalError `silent` where it does not answer. */
  status(): Promise<FiscalStatus>;

  /**
   * Registers the device where it is not registered yet; returns the registration in force. A device that is
   * registered for another taxpayer or cash register throws FiscalError `refused`, `registered-for-another`.
   */
  ensureRegistered(registration: FiscalRegistration): Promise<FiscalStatus>;

  /** Opens a shift. Throws FiscalError `refused`, `shift-already-open` where one is open. */
  openShift(options: { cashier: string }): Promise<ShiftMark>;

  /** Closes the open shift (one of more than 24 hours too). Throws `refused`, `shift-not-open` where none is. */
  closeShift(options: { cashier: string }): Promise<ShiftMark>;

  /**
   * Signs the receipt of a sale. Where the device goes silent while the document is being formed, the driver
   * asks the device for its last document before anything else, so that a sale is never signed twice: this
   * resolves with the mark where the device had signed, and rejects with FiscalError otherwise. After
   * `silent` with `outcomeKnown: false` the caller asks `resolve` before it does anything about this sale.
   */
  sell(receipt: FiscalReceipt): Promise<FiscalMark>;

  /**
   * What became of a sale: reads the device's last documents back, newest first, and looks for the receipt
   * whose additional requisite (tag 1192) is `saleId`. Null means that the device answered and has not signed
   * it. An unfinished document is cancelled first, so that null stays true. Throws `silent` where the device
   * does not answer: then nothing is known.
   */
  resolve(saleId: string): Promise<FiscalMark | null>;

  /** Documents that the fiscal operator has not confirmed, and when the oldest was signed (null where none). */
  unsent(): Promise<{ count: number; oldestAtMs: number | null }>;

  /**
   * Gives the device's documents to the fiscal operator, oldest first, until all are confirmed, the link dies
   * or the signal aborts. Resolves with the number confirmed in this call (a dead link is no error: the rest
   * stays on the device for the next call). Throws FiscalError where the device itself fails.
   */
  drain(operator: { host: string; port: number }, signal: AbortSignal): Promise<number>;

  /** Ends the connection; calls under way reject with `silent`. */
  close(): Promise<void>;
}

export type FiscalMark = z.infer<typeof tillApi.fiscalMark>;

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
  lines: FiscalLine[];
  tender: Tender;
  totalMinor: number;
  /** Tag 1008: where the buyer wants the electronic receipt; null where none was given. */
  phone: string | null;
  /** When the buyer paid; the document itself is dated by the till's clock at signing. */
  soldAtMs: number;
  /** Tag 1021. */
  cashier: string;
}

export interface FiscalLine {
  name: string;
  /** Pieces. */
  quantity: number;
  priceMinor: number;
  sumMinor: number;
  /** Per cent as the catalogue has it: "22", "10", "0", "none" ("20", "7", "5" for goods that need them). */
  vatRate: string;
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

export interface ShiftMark {
  shiftNumber: number;
  documentNumber: number;
  fiscalSign: number;
  /** UTC instant, ISO 8601 with milliseconds. */
  signedAt: string;
}

/** Why a device refused, by name; `answerCode` of the error is the device's own code. */
export const fiscalRefusals = [
  'unknown-command',
  'wrong-state',
  'drive-error',
  'crypto-error',
  'drive-expired',
  'archive-full',
  'wrong-date-time',
  'no-such-data',
  'bad-parameters',
  'document-too-large',
  'no-operator-connection',
  'crypto-exhausted',
  'unsent-storage-full',
  'not-confirmed-30-days',
  'shift-over-24h',
  'clock-drift',
  'operator-message-refused',
  'shift-already-open',
  'shift-not-open',
  'registered-for-another',
  'bad-registration',
  'other',
] as const;
export type FiscalRefusal = (typeof fiscalRefusals)[number];

/**
 * A fiscal device failed. `silent`: it did not answer (cable, power). `refused`: it answered that it will not;
 * `refusal` says why, `answerCode` is its own code where it gave one.
 */
export class FiscalError extends Error {
  readonly code: 'silent' | 'refused';
  readonly refusal: FiscalRefusal | null;
  readonly answerCode: number | null;
  /** False where the document may have been signed all the same: ask `resolve` once the device answers again. */
  readonly outcomeKnown: boolean;

  constructor(
    code: 'silent' | 'refused',
    message: string,
    details: { refusal?: FiscalRefusal; answerCode?: number; outcomeKnown?: boolean } = {},
  ) {
    super(message);
    this.name = 'FiscalError';
    this.code = code;
    this.refusal = details.refusal ?? null;
    this.answerCode = details.answerCode ?? null;
    this.outcomeKnown = details.outcomeKnown ?? true;
  }
}

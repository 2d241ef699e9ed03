import type { Clock } from '@bivak/clock';
import type { FiscalMark, ShiftMark } from '@bivak/domain';
import {
  FiscalError,
  type FiscalReceipt,
  type FiscalRegister,
  type FiscalStatus,
} from '../../../apps/till/src/fiscal/port.ts';

const dayMs = 86_400_000;

/** A fiscal device in memory. It outlives the till that talks to it, as a real one does. */
export class FakeDrive implements FiscalRegister {
  readonly receipts: { receipt: FiscalReceipt; mark: FiscalMark }[] = [];
  mode: 'ready' | 'silent' = 'ready';
  /** What happens at the next sale: the plug is pulled before or after it was signed, or the drive says no. */
  nextSale: 'good' | 'silent-before' | 'silent-after' | 'refuse' = 'good';
  /** Called when a sale has been signed, before the till learns of it. */
  onSigned: (() => void) | undefined;
  drained = 0;
  #documents = 0;
  #shift = { open: false, number: 0, receipts: 0, openedAtMs: 0 };
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The device as it is now, on another clock. */
  copy(clock: Clock): FakeDrive {
    const copy = new FakeDrive(clock);
    copy.receipts.push(...this.receipts);
    copy.drained = this.drained;
    copy.#documents = this.#documents;
    copy.#shift = { ...this.#shift };
    return copy;
  }

  #answer(): void {
    if (this.mode === 'silent') throw new FiscalError('silent', 'the drive does not answer');
  }

  async status(): Promise<FiscalStatus> {
    this.#answer();
    const unsent = this.#documents - this.drained;
    return {
      driveNumber: '9999078900005488',
      phase: 'fiscal',
      registrationNumber: '0000001001012345',
      shift: { open: this.#shift.open, number: this.#shift.number, receipts: this.#shift.receipts },
      lastDocumentNumber: this.#documents,
      lastDocumentAtMs: null,
      unsentDocuments: unsent,
      oldestUnsentAtMs: unsent === 0 ? null : this.#clock.nowMs(),
      warnings: [],
    };
  }

  ensureRegistered(): Promise<FiscalStatus> {
    return this.status();
  }

  #mark(): ShiftMark {
    this.#documents++;
    return {
      shiftNumber: this.#shift.number,
      documentNumber: this.#documents,
      fiscalSign: 1_000_000 + this.#documents,
      signedAt: new Date(this.#clock.nowMs()).toISOString(),
    };
  }

  async openShift(): Promise<ShiftMark> {
    this.#answer();
    if (this.#shift.open) throw new FiscalError('refused', 'open', { refusal: 'shift-already-open' });
    this.#shift = {
      open: true,
      number: this.#shift.number + 1,
      receipts: 0,
      openedAtMs: this.#clock.nowMs(),
    };
    return this.#mark();
  }

  async closeShift(): Promise<ShiftMark> {
    this.#answer();
    if (!this.#shift.open) throw new FiscalError('refused', 'not open', { refusal: 'shift-not-open' });
    this.#shift.open = false;
    return this.#mark();
  }

  async sell(receipt: FiscalReceipt): Promise<FiscalMark> {
    this.#answer();
    if (!this.#shift.open) throw new FiscalError('refused', 'no shift', { refusal: 'wrong-state' });
    if (this.#clock.nowMs() - this.#shift.openedAtMs >= dayMs)
      throw new FiscalError('refused', 'shift too old', { refusal: 'shift-over-24h' });
    const how = this.nextSale;
    this.nextSale = 'good';
    if (how === 'refuse') throw new FiscalError('refused', 'no', { refusal: 'archive-full' });
    if (how === 'silent-before') return this.#plugPulled();
    this.#shift.receipts++;
    const mark = {
      ...this.#mark(),
      driveNumber: '9999078900005488',
      registrationNumber: '0000001001012345',
      receiptNumber: this.#shift.receipts,
      qr: `t=20261124T1200&s=${receipt.totalMinor / 100}&fn=9999078900005488&i=${this.#documents}&fp=1&n=1`,
    };
    this.receipts.push({ receipt, mark });
    this.onSigned?.();
    if (how === 'silent-after') return this.#plugPulled();
    return mark;
  }

  #plugPulled(): never {
    this.mode = 'silent';
    throw new FiscalError('silent', 'the plug was pulled', { outcomeKnown: false });
  }

  async resolve(saleId: string): Promise<FiscalMark | null> {
    this.#answer();
    return this.receipts.find(({ receipt }) => receipt.saleId === saleId)?.mark ?? null;
  }

  async unsent(): Promise<{ count: number; oldestAtMs: number | null }> {
    this.#answer();
    return { count: this.#documents - this.drained, oldestAtMs: null };
  }

  async drain(): Promise<number> {
    this.#answer();
    const count = this.#documents - this.drained;
    this.drained = this.#documents;
    return count;
  }

  async close(): Promise<void> {}
}

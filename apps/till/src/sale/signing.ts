import { type Check, type FiscalMark, Problem, type RefusalReason, type SaleMode } from '@bivak/domain';
import type { EntryBody } from '@bivak/journal';
import { FiscalError, type FiscalRegister } from '../fiscal/port.ts';
import type { Journal } from '../journal/index.ts';
import type { ShiftService } from '../shift/index.ts';
import { type SaleRecord, type SaleStore, saleNumberOf } from './store.ts';

type Intent = EntryBody<'sale.intent'>;

/** A sale whose intent was just stored. */
export interface SaleToSign {
  intent: Intent;
  soldAtMs: number;
  /** The buyer's, for the receipt; null if he gave none. */
  phone: string | null;
}

/** How a sale is accepted: in which mode, and by which checks. */
export interface Acceptance {
  mode: SaleMode;
  checks: Check[];
}

/** Brings intents to their end through the drive: accepted if it has signed, abandoned if it is certain that it has not. */
export interface Signing {
  /** Has the drive sign the sale of an intent that was just stored. Throws Problem `sale-outcome-unknown` if the drive went silent meanwhile. */
  sign(sale: SaleToSign, acceptance: Acceptance): Promise<void>;
  abandon(saleId: string, reason: RefusalReason): void;
  /**
   * Resolves every intent without an end by asking the drive what it has signed, and gives their number. Throws FiscalError
   * `silent` if the drive does not answer: nothing is known then, and nothing is changed.
   */
  resolveOpen(): Promise<number>;
}

export function signing(options: {
  journal: Journal;
  store: SaleStore;
  fiscal: FiscalRegister;
  shift: ShiftService;
  cashier: string;
  /** Called with each sale that was accepted: prints the receipt. */
  onAccepted: (saleId: string) => void;
}): Signing {
  const { journal, store, fiscal } = options;
  const lastOfEarlierRuns = store.lastNumber();
  /** How sales of this run are accepted that the drive has not signed yet, for all that is known. */
  const pending = new Map<string, Acceptance>();
  const accept = (saleId: string, { mode, checks }: Acceptance, fiscalMark: FiscalMark): void => {
    journal.append({ kind: 'sale.accepted', body: { saleId, mode, fiscal: fiscalMark, checks } });
    pending.delete(saleId);
    options.onAccepted(saleId);
  };
  const abandon = (saleId: string, reason: RefusalReason): void => {
    journal.append({ kind: 'sale.abandoned', body: { saleId, reason } });
    pending.delete(saleId);
  };
  return {
    abandon,
    async sign(sale, acceptance) {
      const { saleId } = sale.intent;
      pending.set(saleId, acceptance);
      const mark = await signOnce(sale, options).catch((error: unknown) =>
        afterFailure(error, () => fiscal.resolve(saleId)),
      );
      if (mark === 'unknown') throw outcomeUnknown(saleId);
      if ('reason' in mark) abandon(saleId, mark.reason);
      else accept(saleId, acceptance, mark);
    },
    async resolveOpen() {
      const open = store.open();
      for (const { saleId, begun } of open) {
        const mark = await fiscal.resolve(saleId);
        const isOfEarlierRun = saleNumberOf(saleId) <= lastOfEarlierRuns;
        if (mark === null) abandon(saleId, isOfEarlierRun ? 'interrupted' : 'fiscal-drive-silent');
        else accept(saleId, pending.get(saleId) ?? acceptanceOfEarlierRun(begun), mark);
      }
      return open.length;
    },
  };
}

/** Has the drive sign; if its shift stands in the way, in another shift. */
async function signOnce(
  { intent, soldAtMs, phone }: SaleToSign,
  { fiscal, shift, cashier }: Pick<Parameters<typeof signing>[0], 'fiscal' | 'shift' | 'cashier'>,
): Promise<FiscalMark> {
  const { saleId, lineItems, tender, totalMinor } = intent;
  const receipt = { saleId, lineItems, tender, totalMinor, phone, soldAtMs, cashier };
  try {
    return await fiscal.sell(receipt);
  } catch (error) {
    const trouble = shiftTrouble(error);
    if (trouble === undefined) throw error;
    if (trouble === 'too-old') await shift.renew();
    else await shift.ensureOpenAgain();
    // Nothing was signed if the drive is right; it is asked all the same, since twice would be worse than late.
    return (await fiscal.resolve(saleId)) ?? (await fiscal.sell(receipt));
  }
}

/**
 * After a restart the intent is all that is known. Whether the host approved the card while the buyer waited is not: the sale
 * counts as offline, which claims less, and the host has one payment for its identity either way. The checks are those that
 * are recorded, made for the mode that was requested: if that was online, the limits may have been checked afterwards, and
 * no record of it was left.
 */
function acceptanceOfEarlierRun({ requestedMode, checks }: SaleRecord['begun']): Acceptance {
  return { mode: requestedMode === 'cash' ? 'cash' : 'offline', checks };
}

/** What is wrong with the drive's shift if it refused a receipt for that; a drive without an open shift is in the wrong state. */
function shiftTrouble(error: unknown): 'too-old' | 'not-open' | undefined {
  if (!(error instanceof FiscalError) || !error.outcomeKnown) return undefined;
  if (error.refusal === 'shift-over-24h') return 'too-old';
  return error.refusal === 'shift-not-open' || error.refusal === 'wrong-state' ? 'not-open' : undefined;
}

async function afterFailure(
  error: unknown,
  resolve: () => Promise<FiscalMark | null>,
): Promise<FiscalMark | { reason: RefusalReason } | 'unknown'> {
  if (!(error instanceof FiscalError)) throw error;
  if (error.outcomeKnown) return { reason: refusalOf(error) };
  try {
    return (await resolve()) ?? { reason: 'fiscal-drive-silent' };
  } catch (secondError) {
    if (secondError instanceof FiscalError) return 'unknown';
    throw secondError;
  }
}

/** How the till names a failure of the drive. */
export function refusalOf(error: FiscalError): RefusalReason {
  return error.code === 'silent' ? 'fiscal-drive-silent' : 'fiscal-drive-refused';
}

/** The drive went silent while it signed: the till finds out what became of the sale as soon as it can. */
export const outcomeUnknown = (saleId: string): Problem =>
  new Problem('sale-outcome-unknown', { saleId, storageFault: null });

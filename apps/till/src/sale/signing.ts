import type { Check, RefusalReason } from '@bivak/contracts';
import { Problem } from '@bivak/http-api';
import type { EntryBody } from '@bivak/journal';
import { FiscalError, type FiscalMark, type FiscalRegister } from '../fiscal/port.ts';
import type { Journal } from '../journal/index.ts';
import type { ShiftKeeper } from '../shift/index.ts';
import { type SaleRecord, type SaleStore, saleNumberOf } from './store.ts';

type Intent = EntryBody<'sale.intent'>;

/** Brings intents to their end through the drive: accepted where it has signed, abandoned where it is certain that it has not. */
export interface Signing {
  /** Has the drive sign the sale of an intent that was just stored. Throws Problem `sale-outcome-unknown` where the drive went silent meanwhile. */
  sign(intent: Intent, soldAtMs: number, how: { mode: Intent['asked']; checks: Check[] }): Promise<void>;
  abandon(saleId: string, reason: RefusalReason): void;
  /**
   * Resolves every intent without an end by asking the drive what it has signed. Throws FiscalError `silent` where the
   * drive does not answer: nothing is known then, and nothing is changed.
   */
  settle(): Promise<number>;
}

export function signing(options: {
  journal: Journal;
  store: SaleStore;
  fiscal: FiscalRegister;
  shift: ShiftKeeper;
  cashier: string;
  /** Told of each sale that was accepted: prints the receipt. */
  onAccepted: (saleId: string) => void;
}): Signing {
  const { journal, store, fiscal, shift } = options;
  const lastOfEarlierRuns = store.lastNumber();
  const accept = (saleId: string, mode: Intent['asked'], mark: FiscalMark, checks: Check[]): void => {
    journal.append({ kind: 'sale.accepted', body: { saleId, mode, fiscal: mark, checks } });
    options.onAccepted(saleId);
  };
  const abandon = (saleId: string, reason: RefusalReason): void => {
    journal.append({ kind: 'sale.abandoned', body: { saleId, reason } });
  };
  const sell = async (intent: Intent, soldAtMs: number): Promise<FiscalMark> => {
    const receipt = {
      saleId: intent.saleId,
      lines: intent.lines,
      tender: intent.tender,
      totalMinor: intent.totalMinor,
      phone: intent.contact?.phone ?? null,
      soldAtMs,
      cashier: options.cashier,
    };
    try {
      return await fiscal.sell(receipt);
    } catch (error) {
      const trouble = shiftTrouble(error);
      if (trouble === undefined) throw error;
      if (trouble === 'too-old') await shift.renew();
      else await shift.ensureOpenAgain();
      // Nothing was signed if the drive is right; it is asked all the same, since twice would be worse than late.
      return (await fiscal.resolve(intent.saleId)) ?? (await fiscal.sell(receipt));
    }
  };
  return {
    abandon,
    async sign(intent, soldAtMs, { mode, checks }) {
      const mark = await sell(intent, soldAtMs).catch((error: unknown) =>
        afterFailure(error, () => fiscal.resolve(intent.saleId)),
      );
      if (mark === 'unknown') throw outcomeUnknown(intent.saleId);
      if ('reason' in mark) abandon(intent.saleId, mark.reason);
      else accept(intent.saleId, mode, mark, checks);
    },
    async settle() {
      const open = store.open();
      for (const { saleId, begun } of open) {
        const mark = await fiscal.resolve(saleId);
        const isOfEarlierRun = saleNumberOf(saleId) <= lastOfEarlierRuns;
        if (mark === null) abandon(saleId, isOfEarlierRun ? 'interrupted' : 'fiscal-drive-silent');
        else accept(saleId, modeAfterwards(begun), mark, begun.checks);
      }
      return open.length;
    },
  };
}

/**
 * Whether the host approved the card while the buyer waited is not known any more after a restart: the sale counts as
 * offline, which claims less, and the host has one payment for its identity either way.
 */
function modeAfterwards(begun: SaleRecord['begun']): Intent['asked'] {
  return begun.asked === 'cash' ? 'cash' : 'offline';
}

/** What is wrong with the drive's shift where it refused a receipt for that; a drive without an open shift is in the wrong state. */
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
  } catch (again) {
    if (again instanceof FiscalError) return 'unknown';
    throw again;
  }
}

/** How the till calls a failure of the drive. */
export function refusalOf(error: FiscalError): RefusalReason {
  return error.code === 'silent' ? 'fiscal-drive-silent' : 'fiscal-drive-refused';
}

/** `why` ends with what is to be done about it. */
export function outcomeUnknown(
  saleId: string,
  why = `The fiscal drive went silent while it signed sale ${saleId}. Check its cable`,
): Problem {
  return new Problem(
    503,
    'sale-outcome-unknown',
    `${why}; the till finds out what became of the sale as soon as it can. Repeat this request with the same saleKey, or read /v1/sales/${saleId}.`,
    { saleId },
  );
}

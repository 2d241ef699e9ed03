import type { tillApi } from '@bivak/contracts';
import { Problem } from '@bivak/domain';
import { FiscalError } from '../fiscal/port.ts';
import type { InTurn } from '../in-turn.ts';
import { storageFaultOf } from '../journal/index.ts';
import { checkKey, contentsOf, ringUp } from './ring-up.ts';
import { type SaleContext, SaleProcess } from './sale-process.ts';
import { outcomeUnknown } from './signing.ts';
import { type SaleRecord, saleIdOf } from './store.ts';

/** Takes sales: one after another, each exactly once. */
export interface SaleService {
  /**
   * Makes the sale, or gives the one that was made under this `saleKey`. Throws Problem: `unknown-sku`, `bad-quantity`,
   * `bad-sale-key`, `sale-too-long`, `sum-overflow` (nothing is stored), `sale-key-reused`, `till-data-old`,
   * `sale-outcome-unknown`, `data-not-written`.
   */
  sell(newSale: tillApi.NewSale): Promise<SaleRecord>;
}

export interface SaleServiceOptions extends SaleContext {
  inTurn: InTurn;
  /** True once the host has shown that this till's data was rolled back to an old copy: numbers would be used twice. */
  isRolledBack: () => boolean;
}

export function saleService(options: SaleServiceOptions): SaleService {
  const underWay = new Map<string, { contents: string; result: Promise<SaleRecord> }>();
  return {
    async sell(newSale) {
      const { saleKey } = newSale;
      checkKey(saleKey);
      const contents = contentsOf(newSale);
      const running = underWay.get(saleKey);
      if (running !== undefined) {
        if (running.contents !== contents) throw new Problem('sale-key-reused', { saleKey, saleId: null });
        return running.result;
      }
      const result = options.inTurn(() => sellInTurn(newSale, options));
      underWay.set(saleKey, { contents, result });
      try {
        return await result;
      } finally {
        underWay.delete(saleKey);
      }
    },
  };
}

async function sellInTurn(newSale: tillApi.NewSale, options: SaleServiceOptions): Promise<SaleRecord> {
  const { store, journal, catalogue } = options;
  const { saleKey } = newSale;
  const earlier = store.byKey(saleKey);
  if (earlier !== undefined) return sameSaleAgain(newSale, earlier, options);
  const unreadable = store.unreadableByKey(saleKey);
  if (unreadable !== undefined) throw new Problem('sale-key-reused', { saleKey, saleId: unreadable });
  // Selling on would give new sales the identities of sales that the host has already: it would take them for the same.
  if (options.isRolledBack()) throw new Problem('till-data-old', {});
  const basket = ringUp(newSale.items, catalogue);
  const saleId = saleIdOf(journal.tillId, store.lastNumber() + 1);
  try {
    await new SaleProcess(saleId, newSale, basket, options).run();
  } catch (error) {
    throw notWrittenProblem(error, store.byId(saleId)) ?? error;
  }
  return store.byId(saleId)!;
}

/**
 * The problem that a full or failed disk makes: there was no sale if its intent is not stored, and an end that is not known
 * yet if it is. Undefined for other errors.
 */
function notWrittenProblem(error: unknown, begun: SaleRecord | undefined): Problem | undefined {
  const storageFault = storageFaultOf(error);
  if (storageFault === undefined) return undefined;
  return begun === undefined
    ? new Problem('data-not-written', { storageFault }, { cause: error })
    : new Problem('sale-outcome-unknown', { saleId: begun.saleId, storageFault }, { cause: error });
}

/** The sale that was made under this key; one whose end is unknown is resolved first. */
async function sameSaleAgain(
  newSale: tillApi.NewSale,
  earlier: SaleRecord,
  { store, signing }: SaleServiceOptions,
): Promise<SaleRecord> {
  const { saleId, begun } = earlier;
  // Of a contact that is not kept nothing can be compared.
  const contact = earlier.contact === 'unknown' ? newSale.contact : earlier.contact;
  if (contentsOf({ ...begun, items: begun.lineItems, contact }) !== contentsOf(newSale))
    throw new Problem('sale-key-reused', { saleKey: newSale.saleKey, saleId });
  if (earlier.state !== 'intended') return earlier;
  try {
    await signing.resolveOpen();
  } catch (error) {
    if (error instanceof FiscalError) throw outcomeUnknown(saleId);
    throw notWrittenProblem(error, earlier) ?? error;
  }
  return store.byId(saleId)!;
}

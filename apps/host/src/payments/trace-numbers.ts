import { type Queries, type Row, sql } from '../store/index.ts';

const blockSize = 100;
const maxNumber = 999_999;

/** System trace audit numbers (DE 11), one for each bank at a time. */
export interface TraceNumbers {
  /** Resolves once there are numbers for many messages to each bank: under a lock nothing is waited for. */
  ready(): Promise<void>;
  /** The next number for a bank. It is used for one message, or for none. Throws an Error if there is none left. */
  next(bankId: string): string;
}

/** So many are there at each bank before payments are locked that need one each. */
const minStock = 300;

/**
 * Six digits, never the same twice at a bank within a million. Taken from the store in blocks, without serials; what a
 * killed host had left of its block is skipped, and so is all that may have been used before a store was put back. `onBlock`
 * hears of each block before a number of it is used.
 */
export function traceNumbers(
  queries: Queries,
  bankIds: readonly string[],
  onBlock: (block: number) => void = () => {},
): TraceNumbers {
  /** The next number of each bank is the last one here. */
  const left = new Map(bankIds.map((bankId) => [bankId, [] as string[]]));
  let filling: Promise<void> | undefined;
  const refill = async (bankId: string, numbers: string[]): Promise<void> => {
    const [epoch] = await queries.query<Pick<Row<'store_epochs'>, 'trace_block_floor'>>(
      sql`select trace_block_floor from store_epochs order by epoch desc limit 1`,
    );
    const floor = epoch?.trace_block_floor ?? 0;
    const [taken] = await queries.query<Pick<Row<'trace_numbers'>, 'block'>>(sql`
      insert into trace_numbers (bank_id, block) values (${bankId}, ${floor + 1})
      on conflict (bank_id) do update set block = greatest(trace_numbers.block, ${floor}) + 1 returning block`);
    onBlock(taken!.block);
    const first = (taken!.block - 1) * blockSize;
    const block = Array.from({ length: blockSize }, (_, index) =>
      String(((first + index) % maxNumber) + 1).padStart(6, '0'),
    );
    numbers.unshift(...block.toReversed());
  };
  const fill = async (): Promise<void> => {
    for (const [bankId, numbers] of left) while (numbers.length < minStock) await refill(bankId, numbers);
  };
  return {
    async ready() {
      if ([...left.values()].every(({ length }) => length >= minStock)) return;
      filling ??= fill().finally(() => {
        filling = undefined;
      });
      await filling;
    },
    next(bankId) {
      const number = left.get(bankId)?.pop();
      if (number === undefined) throw new Error(`no trace number is left for "${bankId}"`);
      return number;
    },
  };
}

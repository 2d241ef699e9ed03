import { type Queries, type Row, sql } from '../store/index.ts';

const blockSize = 100;
const maxNumber = 999_999;

/** System trace audit numbers (DE 11), one for each bank at a time. */
export interface TraceNumbers {
  /** Takes a number for every bank: which bank is used is decided later, under a lock that waits for nothing. */
  take(): Promise<Map<string, string>>;
  /** Gives back those that were not used. */
  giveBack(numbers: ReadonlyMap<string, string>): void;
}

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
  const left = new Map(bankIds.map((bankId) => [bankId, [] as string[]]));
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
    for (let index = 0; index < blockSize; index++)
      numbers.push(String(((first + index) % maxNumber) + 1).padStart(6, '0'));
  };
  return {
    async take() {
      const taken = new Map<string, string>();
      for (const [bankId, numbers] of left) {
        while (numbers.length === 0) await refill(bankId, numbers);
        taken.set(bankId, numbers.shift()!);
      }
      return taken;
    },
    giveBack(numbers) {
      for (const [bankId, number] of numbers) left.get(bankId)?.unshift(number);
    },
  };
}

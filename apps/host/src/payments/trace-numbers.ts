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
 * killed host had left of its block is skipped.
 */
export function traceNumbers(queries: Queries, bankIds: readonly string[]): TraceNumbers {
  const left = new Map(bankIds.map((bankId) => [bankId, [] as string[]]));
  const refill = async (bankId: string, numbers: string[]): Promise<void> => {
    const [taken] = await queries.query<Pick<Row<'trace_numbers'>, 'block'>>(sql`
      insert into trace_numbers (bank_id, block) values (${bankId}, 1)
      on conflict (bank_id) do update set block = trace_numbers.block + 1 returning block`);
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

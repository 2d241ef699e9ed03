import { type Queries, sql } from '../store/index.ts';

const blockSize = 100;
const highest = 999_999;

/** System trace audit numbers (DE 11), one for each bank at a time. */
export interface TraceNumbers {
  /** Takes a number for every bank: which of them is asked is decided later, under a lock that waits for nothing. */
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
    const [taken] = await queries.query<{ stan_block: number }>(sql`
      update bank_states set stan_block = stan_block + 1 where bank_id = ${bankId} returning stan_block`);
    if (taken === undefined) throw new Error(`bank ${bankId} was not registered`);
    const first = (taken.stan_block - 1) * blockSize;
    for (let index = 0; index < blockSize; index++)
      numbers.push(String(((first + index) % highest) + 1).padStart(6, '0'));
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

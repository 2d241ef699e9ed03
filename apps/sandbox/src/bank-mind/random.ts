import { createHash } from 'node:crypto';

/** Numbers of chance that are the same for the same seed and name. */
export interface Dice {
  /** True in this share (0 to 1) of all throws. */
  chance(share: number): boolean;
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

/**
 * Dice by name: what chance does with one message depends on the seed and on that message alone, not on what else arrives
 * meanwhile. So a life can be lived again although two processes never interleave twice in the same way.
 */
export type DiceOf = (name: string) => Dice;

/** The dice of a seed. */
export function seededDice(seed: string): DiceOf {
  return (name) => {
    const numbers = numbersOf(`${seed}\n${name}`);
    const below = (end: number): number => Math.floor((numbers() / 2 ** 32) * end);
    return {
      chance: (share) => numbers() / 2 ** 32 < share,
      between: (min, max) => min + below(max - min + 1),
      pick: (items) => items[below(items.length)]!,
    };
  };
}

/** Endless whole numbers below 2^32: a hash in counter mode, slow and good enough. */
function numbersOf(name: string): () => number {
  let block = Buffer.alloc(0);
  let offset = 0;
  let counter = 0;
  return () => {
    if (offset >= block.length) {
      block = createHash('sha256').update(`${counter++} ${name}`).digest();
      offset = 0;
    }
    offset += 4;
    return block.readUInt32BE(offset - 4);
  };
}

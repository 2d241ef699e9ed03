import type { Journal } from '../journal/index.ts';
import type { SaleStore } from '../sale/index.ts';

/** Destroys what lies beside entries that the host has: the till needs it no more. Called with each acknowledgement. */
export type Forget = (acknowledgedSeq: number) => void;

/**
 * Card data goes as soon as the host has it; a telephone number not before its sale has ended, since the receipt bears it. What
 * cannot be destroyed now (the disk is full) is destroyed with the next acknowledgement.
 */
export function forgetting(options: {
  journal: Journal;
  sales: Pick<SaleStore, 'openSinceSeq'>;
  log: { error(fields: object, message: string): void };
}): Forget {
  const { journal, sales, log } = options;
  return (acknowledgedSeq) => {
    try {
      journal.destroyAttachments('card', acknowledgedSeq);
      const openSinceSeq = sales.openSinceSeq() ?? Number.POSITIVE_INFINITY;
      journal.destroyAttachments('contact', Math.min(acknowledgedSeq, openSinceSeq - 1));
    } catch (error) {
      log.error({ err: error }, 'what the host has could not be destroyed; trying again');
    }
  };
}

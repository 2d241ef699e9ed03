import type { Clock, Timer } from '@bivak/clock';
import { FiscalError } from '../fiscal/port.ts';
import type { InTurn } from '../in-turn.ts';
import type { Signing } from './signing.ts';
import type { SaleStore } from './store.ts';

/** How soon a drive that did not answer is asked again what became of a sale. */
const retryMs = 5_000;

/**
 * Resolves, at start-up and whenever one is left, the intents that have no end: between two sales, again and again
 * until the drive answers. The first look is over when the promise resolves.
 */
export async function startOpenSalesResolver(options: {
  store: SaleStore;
  signing: Signing;
  inTurn: InTurn;
  clock: Clock;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}): Promise<{ stop(): void }> {
  const { store, signing, inTurn, clock, log } = options;
  let timer: Timer | undefined;
  let stopped = false;
  const resolveOpen = async (): Promise<void> => {
    if (store.open().length === 0) return;
    try {
      log.info({ sales: await signing.resolveOpen() }, 'resolved sales that had no end');
    } catch (error) {
      if (!(error instanceof FiscalError)) throw error;
      log.warn({ err: error.message }, 'the drive does not say what became of a sale; asking again');
    }
  };
  const look = async (): Promise<void> => {
    await inTurn(resolveOpen).catch((error: unknown) =>
      log.warn({ err: error }, 'could not resolve open sales'),
    );
    if (!stopped) timer = clock.at(clock.nowMs() + retryMs, () => void look());
  };
  await look();
  return {
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}

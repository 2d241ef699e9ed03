import { FiscalError, type FiscalRegister } from '../fiscal/port.ts';

/** Gives the drive's documents to the fiscal operator whenever there is a way. */
export interface OperatorDrain {
  /** Sends now: there is a link, and the drive may have something to send. */
  wake(): void;
  stop(): Promise<void>;
}

export function operatorDrain(options: {
  fiscal: FiscalRegister;
  operator: { host: string; port: number };
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}): OperatorDrain {
  const { fiscal, operator, log } = options;
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  let again = false;

  const drain = async (): Promise<void> => {
    try {
      const { count } = await fiscal.unsent();
      if (count === 0) return;
      const confirmed = await fiscal.drain(operator, stopping.signal);
      if (confirmed > 0) log.info({ confirmed }, 'the fiscal operator confirmed documents');
    } catch (error) {
      if (stopping.signal.aborted) return;
      const err = error instanceof FiscalError ? error.message : error;
      log.warn({ err }, 'could not send the drive’s documents to the fiscal operator; trying again later');
    }
  };
  const run = async (): Promise<void> => {
    do {
      again = false;
      await drain();
    } while (again && !stopping.signal.aborted);
    running = undefined;
  };
  return {
    wake() {
      again = true;
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

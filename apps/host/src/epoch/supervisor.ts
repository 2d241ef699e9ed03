import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import { startWorker } from '../store/index.ts';
import type { Standing } from './watch.ts';

export interface SupervisorOptions<Work> {
  /** Looks how the host stands to its store, and names the epoch under which it does. */
  look: () => Promise<{ standing: Standing; epochId: string }>;
  /** `mayLeave`: false from the moment at which the store may be another one, until that was looked at. */
  start: (mayLeave: () => boolean) => Work;
  stop: (work: Work) => Promise<void>;
  clock: Clock;
  log: Logger;
}

/** A host's work, which runs only while its store is known to be as new as the world. */
export interface Supervisor<Work> {
  /** What runs; null while nothing does. */
  current(): Work | null;
  /** The connection to the store was lost: it may be another one when it is back. */
  distrust(): void;
  /** Somebody may have decided. */
  wake(): void;
  stop(): Promise<void>;
}

/** A store may be replaced beneath a host that runs. */
const lookEveryMs = 2_000;

/** Looks at once, and then again and again; a new epoch has its work begun anew, so that nothing of the old one is used. */
export async function superviseWork<Work>(options: SupervisorOptions<Work>): Promise<Supervisor<Work>> {
  const { look, clock, log } = options;
  let running: { work: Work; epochId: string } | null = null;
  let isTrusted = false;
  let distrusted = 0;
  const stopWork = async (): Promise<void> => {
    const ending = running;
    running = null;
    if (ending !== null) await options.stop(ending.work);
  };
  const lookOnce = async (): Promise<void> => {
    const before = distrusted;
    try {
      const { standing, epochId } = await look();
      isTrusted = standing === 'trusted' && distrusted === before;
      if (standing === 'trusted' && running?.epochId === epochId) return;
      await stopWork();
      if (standing !== 'trusted') return;
      running = { work: options.start(() => isTrusted), epochId };
      log.info({ epochId }, 'the store is trusted: work begins');
    } catch (error) {
      isTrusted = false;
      throw error;
    }
  };
  await lookOnce();
  const worker = startWorker('epoch', clock, log, async () => {
    await lookOnce();
    return clock.nowMs() + lookEveryMs;
  });
  return {
    current: () => running?.work ?? null,
    distrust() {
      distrusted++;
      isTrusted = false;
      worker.wake();
    },
    wake: () => worker.wake(),
    async stop() {
      await worker.stop();
      await stopWork();
    },
  };
}

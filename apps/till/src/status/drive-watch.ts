import type { Clock } from '@bivak/clock';
import type { tillApi } from '@bivak/contracts';
import { FiscalError, type FiscalRegister } from '../fiscal/port.ts';

/** The drive's last answer: asking it takes time, so that a screen which looks each second reads this. */
export interface DriveWatch {
  /** The drive as it was at the last look; a look that is old starts the next one. */
  now(): tillApi.TillStatus['drive'];
  /** Looks at once. Rejects only if a driver has a bug. */
  look(): Promise<void>;
}

const freshMs = 2_000;
/** 54-ФЗ, art. 4.1: a document has to be confirmed by the fiscal operator within 30 days; then the drive refuses to sign. */
export const driveWindowMs = 30 * 86_400_000;

export function driveWatch({ fiscal, clock }: { fiscal: FiscalRegister; clock: Clock }): DriveWatch {
  let state: tillApi.TillStatus['drive']['state'] = 'silent';
  let number = '';
  let unsent: { count: number; oldestAtMs: number | null } = { count: 0, oldestAtMs: null };
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  const lookOnce = async (): Promise<void> => {
    try {
      const status = await fiscal.status();
      number = status.driveNumber;
      unsent = { count: status.unsentDocuments, oldestAtMs: status.oldestUnsentAtMs };
      const isUsable = status.phase === 'fiscal' && !status.warnings.includes('critical-error');
      state = isUsable || status.phase === 'awaiting-registration' ? 'ready' : 'refusing';
    } catch (error) {
      if (!(error instanceof FiscalError)) throw error;
      state = error.code === 'silent' ? 'silent' : 'refusing';
    } finally {
      lookedAtMs = clock.nowMs();
      looking = undefined;
    }
  };
  const look = (): Promise<void> => {
    looking ??= lookOnce();
    return looking;
  };
  return {
    look,
    now() {
      const nowMs = clock.nowMs();
      if (nowMs - lookedAtMs >= freshMs) void look().catch(() => {}); // a bug in a driver shows as "silent"
      const { count, oldestAtMs } = unsent;
      const dueAtMs = oldestAtMs === null ? null : oldestAtMs + driveWindowMs;
      const isOverdue = dueAtMs !== null && dueAtMs <= nowMs;
      return {
        number,
        state: state === 'ready' && isOverdue ? 'refusing' : state,
        unsentDocuments: count,
        oldestUnsentAt: oldestAtMs === null ? null : new Date(oldestAtMs).toISOString(),
        daysLeftToSend: dueAtMs === null ? null : Math.max(0, (dueAtMs - nowMs) / 86_400_000),
      };
    },
  };
}

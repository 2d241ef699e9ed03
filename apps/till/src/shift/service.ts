import type { Clock, Timer } from '@bivak/clock';
import type { ShiftMark } from '@bivak/domain';
import {
  FiscalError,
  type FiscalRegister,
  type FiscalRegistration,
  type FiscalStatus,
} from '../fiscal/port.ts';
import type { InTurn } from '../in-turn.ts';
import type { Journal } from '../journal/index.ts';
import { type Shift, shiftReader } from './store.ts';

/**
 * The shift: opened by the first sale, closed by hand or by itself before the 24 hours which the law gives it (a drive
 * refuses to sign in an older one, answer code 16h of the drive protocol).
 */
export interface ShiftService {
  current(): Shift;
  /** The number of the open shift; opens one if none is open, or the open one is too old. Throws FiscalError. */
  ensureOpen(): Promise<number>;
  /** The same after the drive has refused: it is asked first which shift it has, since that was changed behind the till. Throws FiscalError. */
  ensureOpenAgain(): Promise<number>;
  /** Closes whatever shift the drive has and opens a new one. Throws FiscalError. */
  renew(): Promise<number>;
  /** Closes the shift. Throws FiscalError: `refused`, `shift-not-open` if none is open. */
  close(): Promise<ShiftMark>;
  /** Begins to watch the shift's age; a shift that is too old is closed between two sales. */
  watch(inTurn: InTurn): void;
  stop(): void;
}

/** Half an hour before the law's 24: time enough for a receipt that is being made, and for the drive to be plugged in again. */
export const maxShiftMs = 23.5 * 3_600_000;
/** How soon a drive that did not close a shift is asked again. */
const retryMs = 60_000;

export interface ShiftOptions {
  journal: Journal;
  fiscal: FiscalRegister;
  registration: FiscalRegistration;
  cashier: string;
  clock: Clock;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

export function shiftService(options: ShiftOptions): ShiftService {
  const { journal, fiscal, clock } = options;
  const current = shiftReader(journal);
  /** True while the till knows which shift the drive has. */
  let isKnown = false;

  const isOld = (): boolean => {
    const { openedAtMs } = current();
    return openedAtMs !== null && clock.nowMs() - openedAtMs >= maxShiftMs;
  };
  const record = (
    kind: 'shift.opened' | 'shift.closed',
    mark: { shiftNumber: number; documentNumber: number },
  ): void => {
    journal.append({ kind, body: { shiftNumber: mark.shiftNumber, documentNumber: mark.documentNumber } });
  };
  /** A shift that was opened or closed just before the till stopped, or by another program, is recorded now. */
  const compareWithDrive = async (): Promise<void> => {
    if (isKnown) return;
    const { shift, lastDocumentNumber } = await fiscal.ensureRegistered(options.registration);
    recordDifference(current(), shift, (kind, number) =>
      record(kind, { shiftNumber: number, documentNumber: lastDocumentNumber }),
    );
    isKnown = true;
  };
  const open = async (): Promise<number> => {
    const mark = await fiscal.openShift({ cashier: options.cashier });
    record('shift.opened', mark);
    return mark.shiftNumber;
  };
  const close = async (): Promise<ShiftMark> => {
    const mark = await fiscal.closeShift({ cashier: options.cashier });
    record('shift.closed', mark);
    return mark;
  };
  /** After a failure the till no longer knows which shift the drive has, and asks before it does the next thing. */
  const comparedFirst = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      await compareWithDrive();
      return await work();
    } catch (error) {
      isKnown = false;
      throw error;
    }
  };
  const ensureOpen = (): Promise<number> =>
    comparedFirst(async () => {
      if (isOld()) await close();
      const { open: isOpen, number } = current();
      return isOpen ? number : open();
    });
  const service = {
    current,
    ensureOpen,
    ensureOpenAgain: () => {
      isKnown = false;
      return ensureOpen();
    },
    renew: () => {
      isKnown = false;
      return comparedFirst(async () => {
        if (current().open) await close();
        return open();
      });
    },
    close: () => comparedFirst(close),
  };
  return { ...service, ...ageWatch(service, isOld, options) };
}

function recordDifference(
  known: Shift,
  drive: FiscalStatus['shift'],
  record: (kind: 'shift.opened' | 'shift.closed', number: number) => void,
): void {
  const isSame = known.open === drive.open && (!known.open || known.number === drive.number);
  if (isSame) return;
  if (known.open) record('shift.closed', known.number);
  if (drive.open) record('shift.opened', drive.number);
}

function ageWatch(
  service: Pick<ShiftService, 'current' | 'close'>,
  isOld: () => boolean,
  { clock, log }: ShiftOptions,
): Pick<ShiftService, 'watch' | 'stop'> {
  let timer: Timer | undefined;
  let stopped = false;
  const closeIfOld = async (): Promise<void> => {
    if (!isOld()) return;
    try {
      const mark = await service.close();
      log.info({ shift: mark.shiftNumber }, 'shift closed automatically before its 24 hours');
    } catch (error) {
      const err = error instanceof FiscalError ? error.message : error;
      log.warn({ err }, 'could not close the shift; trying again');
    }
  };
  const watch = (inTurn: InTurn): void => {
    const { openedAtMs } = service.current();
    const dueAtMs = openedAtMs === null ? Number.POSITIVE_INFINITY : openedAtMs + maxShiftMs;
    const nowMs = clock.nowMs();
    // The next look is at most an hour away, since a shift may be opened meanwhile; each look is a comparison.
    const nextMs = dueAtMs <= nowMs ? nowMs + retryMs : Math.min(dueAtMs, nowMs + 3_600_000);
    timer = clock.at(nextMs, () => {
      void inTurn(closeIfOld).then(() => {
        if (!stopped) watch(inTurn);
      });
    });
  };
  return {
    watch(inTurn) {
      void inTurn(closeIfOld);
      watch(inTurn);
    },
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}

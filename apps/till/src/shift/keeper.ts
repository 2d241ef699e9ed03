import type { Clock, Timer } from '@bivak/clock';
import {
  FiscalError,
  type FiscalRegister,
  type FiscalRegistration,
  type FiscalStatus,
  type ShiftMark,
} from '../fiscal/port.ts';
import type { InTurn } from '../in-turn.ts';
import type { Journal } from '../journal/index.ts';
import { type Shift, shiftReader } from './store.ts';

/**
 * The shift: opened by the first sale, closed by hand or by itself before the 24 hours which the law gives it (a drive
 * refuses to sign in an older one, answer code 16h of the drive protocol).
 */
export interface ShiftKeeper {
  current(): Shift;
  /** The number of the open shift; opens one where none is, or where the open one is too old. Throws FiscalError. */
  ensureOpen(): Promise<number>;
  /** The same after the drive has refused: it is asked first what it has, since its shift was changed behind the till. Throws FiscalError. */
  ensureOpenAgain(): Promise<number>;
  /** Closes whatever shift the drive has and opens a new one. Throws FiscalError. */
  renew(): Promise<number>;
  /** Closes the shift. Throws FiscalError: `refused`, `shift-not-open` where none is open. */
  close(): Promise<ShiftMark>;
  /** Begins to watch the shift's age; a shift that is too old is closed in turn with the sales. */
  watch(inTurn: InTurn): void;
  stop(): void;
}

/** Half an hour before the law's 24: time enough for a receipt that is being made, and for the drive to be plugged in again. */
export const longestShiftMs = 23.5 * 3_600_000;
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

export function shiftKeeper(options: ShiftOptions): ShiftKeeper {
  const { journal, fiscal, clock } = options;
  const current = shiftReader(journal);
  let isKnown = false;

  const isOld = (): boolean => {
    const { openedAtMs } = current();
    return openedAtMs !== null && clock.nowMs() - openedAtMs >= longestShiftMs;
  };
  const note = (
    kind: 'shift.opened' | 'shift.closed',
    mark: { shiftNumber: number; documentNumber: number },
  ): void => {
    journal.append({ kind, body: { shiftNumber: mark.shiftNumber, documentNumber: mark.documentNumber } });
  };
  /** A shift that was opened or closed just before the till stopped, or by another program, is noted now. */
  const meetDrive = async (): Promise<void> => {
    if (isKnown) return;
    const { shift, lastDocumentNumber } = await fiscal.ensureRegistered(options.registration);
    noteDifference(current(), shift, (kind, number) =>
      note(kind, { shiftNumber: number, documentNumber: lastDocumentNumber }),
    );
    isKnown = true;
  };
  const open = async (): Promise<number> => {
    const mark = await fiscal.openShift({ cashier: options.cashier });
    note('shift.opened', mark);
    return mark.shiftNumber;
  };
  const close = async (): Promise<ShiftMark> => {
    const mark = await fiscal.closeShift({ cashier: options.cashier });
    note('shift.closed', mark);
    return mark;
  };
  /** After a failure the till no longer knows what the drive has, and asks before it does the next thing. */
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      await meetDrive();
      return await work();
    } catch (error) {
      isKnown = false;
      throw error;
    }
  };
  const ensureOpen = (): Promise<number> =>
    guarded(async () => {
      if (isOld()) await close();
      const { open: isOpen, number } = current();
      return isOpen ? number : open();
    });
  const keeper = {
    current,
    ensureOpen,
    ensureOpenAgain: () => {
      isKnown = false;
      return ensureOpen();
    },
    renew: () => {
      isKnown = false;
      return guarded(async () => {
        if (current().open) await close();
        return open();
      });
    },
    close: () => guarded(close),
  };
  return { ...keeper, ...ageWatch(keeper, isOld, options) };
}

function noteDifference(
  known: Shift,
  drive: FiscalStatus['shift'],
  note: (kind: 'shift.opened' | 'shift.closed', number: number) => void,
): void {
  const isSame = known.open === drive.open && (!known.open || known.number === drive.number);
  if (isSame) return;
  if (known.open) note('shift.closed', known.number);
  if (drive.open) note('shift.opened', drive.number);
}

function ageWatch(
  keeper: Pick<ShiftKeeper, 'current' | 'close'>,
  isOld: () => boolean,
  { clock, log }: ShiftOptions,
): Pick<ShiftKeeper, 'watch' | 'stop'> {
  let timer: Timer | undefined;
  let stopped = false;
  const closeIfOld = async (): Promise<void> => {
    if (!isOld()) return;
    try {
      const mark = await keeper.close();
      log.info({ shift: mark.shiftNumber }, 'closed the shift by itself before its 24 hours');
    } catch (error) {
      const why = error instanceof FiscalError ? error.message : error;
      log.warn({ err: why }, 'could not close the shift; trying again');
    }
  };
  const watch = (inTurn: InTurn): void => {
    const { openedAtMs } = keeper.current();
    const dueAtMs = openedAtMs === null ? Number.POSITIVE_INFINITY : openedAtMs + longestShiftMs;
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

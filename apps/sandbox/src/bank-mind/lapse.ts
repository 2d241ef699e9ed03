/** The time that a standby which has taken over does not know, and until when it does not. */
export interface Lapse {
  fromMs: number;
  toMs: number;
  untilMs: number;
}

const forgottenMs = 60_000;
const lastsMs = 5 * 60_000;

/** A standby takes over now. */
export const lapseFrom = (nowMs: number): Lapse => ({
  fromMs: nowMs - forgottenMs,
  toMs: nowMs,
  untilMs: nowMs + lastsMs,
});

/** True if what was booked then is not known now. */
export const isForgotten = ({ fromMs, toMs, untilMs }: Lapse, bookedMs: number, nowMs: number): boolean =>
  bookedMs >= fromMs && bookedMs <= toMs && nowMs < untilMs;

import { type ClockSetting, virtualNowMs } from '@bivak/clock';

/** What `POST /v1/clock` may ask for; done in this order. */
export interface ClockChange {
  /** Jumps ahead by so many virtual milliseconds. */
  advanceMs?: number | undefined;
  /** Jumps to an instant (virtual, Unix milliseconds); one that has passed changes nothing. */
  atMs?: number | undefined;
  /** Virtual milliseconds for each real one from now on. */
  speed?: number | undefined;
}

/**
 * The setting after a change at the real instant `realNowMs`. It never shows an earlier instant than the one before
 * it did at that moment: a real clock that was set back leaves the virtual one where it was.
 */
export function changeSetting(setting: ClockSetting, change: ClockChange, realNowMs: number): ClockSetting {
  const shownMs = Math.max(setting.anchorVirtualMs, virtualNowMs(setting, realNowMs));
  const advancedMs = shownMs + Math.max(0, change.advanceMs ?? 0);
  return {
    anchorRealMs: realNowMs,
    anchorVirtualMs: Math.max(advancedMs, change.atMs ?? advancedMs),
    speed: Math.max(0, change.speed ?? setting.speed),
  };
}

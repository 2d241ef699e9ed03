import { z } from 'zod';

/**
 * How a shared clock runs: at the real instant `anchorRealMs` it shows `anchorVirtualMs`, and from there
 * it advances `speed` virtual milliseconds for each real one. Speed 0 is a clock that stands; time never runs backwards.
 */
const clockSetting = z.object({
  anchorRealMs: z.number(),
  anchorVirtualMs: z.number(),
  speed: z.number().nonnegative(),
});
export type ClockSetting = z.infer<typeof clockSetting>;

/** The virtual instant which a clock so set shows at the real instant `realMs`. */
export function virtualNowMs(setting: ClockSetting, realMs: number): number {
  return Math.floor(setting.anchorVirtualMs + (realMs - setting.anchorRealMs) * setting.speed);
}

/** Reads one line of the clock's stream; undefined if it is no setting. */
export function parseClockSetting(line: string): ClockSetting | undefined {
  try {
    return clockSetting.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

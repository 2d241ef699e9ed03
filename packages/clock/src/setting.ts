/**
 * How a shared clock runs: at the real instant `anchorRealMs` it shows `anchorVirtualMs`, and from there
 * it advances `speed` virtual milliseconds for each real one. Speed 0 is a clock that stands.
 */
export interface ClockSetting {
  anchorRealMs: number;
  anchorVirtualMs: number;
  speed: number;
}

/** The virtual instant which a clock so set shows at the real instant `realMs`. */
export function virtualNowMs(setting: ClockSetting, realMs: number): number {
  return Math.floor(setting.anchorVirtualMs + (realMs - setting.anchorRealMs) * setting.speed);
}

/** What is wrong with a value that should be a clock setting, or undefined if nothing is. */
export function clockSettingSchemaError(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'a clock setting is a JSON object';
  for (const name of ['anchorRealMs', 'anchorVirtualMs', 'speed'] as const) {
    const field = (value as Record<string, unknown>)[name];
    if (typeof field !== 'number' || !Number.isFinite(field)) return `${name} has to be a finite number`;
  }
  if ((value as ClockSetting).speed < 0) return 'speed has to be 0 or more: time never runs backwards';
  return undefined;
}

/** Reads one line of the clock's stream. Throws an Error that says what is wrong with it. */
export function parseClockSetting(line: string): ClockSetting {
  const value: unknown = JSON.parse(line);
  const error = clockSettingSchemaError(value);
  if (error !== undefined) throw new Error(`bad clock setting: ${error}`);
  return value as ClockSetting;
}

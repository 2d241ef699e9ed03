const hourMs = 3_600_000;

/**
 * The first instant after `afterMs` at which it is `hour` o'clock (0–23) in the time zone (IANA name). Computed from the
 * zone's own rules, so that it holds across changes of the clock.
 */
export function nextLocalHourMs(afterMs: number, hour: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: 'numeric',
    hourCycle: 'h23',
    minute: 'numeric',
  });
  const onTheHourMs = Math.floor(afterMs / (hourMs / 4)) * (hourMs / 4);
  // Zones differ from UTC by whole quarters of an hour.
  for (
    let candidateMs = onTheHourMs + hourMs / 4;
    candidateMs <= onTheHourMs + 26 * hourMs;
    candidateMs += hourMs / 4
  ) {
    const parts = new Map(format.formatToParts(candidateMs).map(({ type, value }) => [type, Number(value)]));
    if (parts.get('hour') === hour && parts.get('minute') === 0) return candidateMs;
  }
  // The hour that a change of the clock leaves out: a day later it exists again.
  return nextLocalHourMs(afterMs + 24 * hourMs, hour, timeZone);
}

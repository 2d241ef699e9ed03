const hourMs = 3_600_000;

/**
 * The first instant after `afterMs` at which it is `hour` o'clock (0–23) in the time zone (IANA name). Computed from the
 * zone's own rules, so that it holds across changes of the clock.
 */
export function nextLocalHourMs(afterMs: number, hour: number, timeZone: string): number {
  const format = formatOf(timeZone);
  const localMinute = (atMs: number): number => {
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    return parts.get('hour')! * 60 + parts.get('minute')!;
  };
  // Zones differ from UTC by whole quarters of an hour.
  const quarterMs = hourMs / 4;
  const firstMs = (Math.floor(afterMs / quarterMs) + 1) * quarterMs;
  const minutesAhead = (hour * 60 - localMinute(firstMs) + 24 * 60) % (24 * 60);
  // A change of the clock on the way moves it by two hours at most.
  const aroundMs = firstMs + minutesAhead * 60_000;
  for (
    let candidateMs = Math.max(firstMs, aroundMs - 2 * hourMs);
    candidateMs <= aroundMs + 2 * hourMs;
    candidateMs += quarterMs
  ) {
    if (localMinute(candidateMs) === hour * 60) return candidateMs;
  }
  // The hour that a change of the clock leaves out: a day later it exists again.
  return nextLocalHourMs(aroundMs + 2 * hourMs, hour, timeZone);
}

/** True within the hour that begins at `hour` o'clock (0–23) in the time zone (IANA name). */
export function isLocalHour(atMs: number, hour: number, timeZone: string): boolean {
  return formatOf(timeZone)
    .formatToParts(atMs)
    .some(({ type, value }) => type === 'hour' && Number(value) === hour);
}

const formatOf = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: 'numeric', hourCycle: 'h23', minute: 'numeric' });

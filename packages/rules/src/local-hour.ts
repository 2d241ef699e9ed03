/**
 * The first instant after `afterMs` at which it is `hour` o'clock (0–23) in the time zone (IANA name). A day that leaves the
 * hour out (clocks put forward) is passed over; a day that has it twice (clocks put back) has two such instants.
 */
export function nextLocalHourMs(afterMs: number, hour: number, timeZone: string): number {
  for (let date = localTime(afterMs, timeZone).toPlainDate(); ; date = date.add({ days: 1 })) {
    const wanted = date.toPlainDateTime({ hour });
    for (const disambiguation of ['earlier', 'later'] as const) {
      const found = wanted.toZonedDateTime(timeZone, { disambiguation });
      const exists = found.toPlainDateTime().equals(wanted);
      if (exists && found.epochMilliseconds > afterMs) return found.epochMilliseconds;
    }
  }
}

/** True within the hour that begins at `hour` o'clock (0–23) in the time zone (IANA name). */
export const isLocalHour = (atMs: number, hour: number, timeZone: string): boolean =>
  localTime(atMs, timeZone).hour === hour;

const localTime = (atMs: number, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);

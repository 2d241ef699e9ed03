/** True for a time zone of the IANA list ("Europe/Moscow") or a fixed offset ("+03:00") that this runtime knows. */
export function isTimeZone(name: string): boolean {
  try {
    new Temporal.ZonedDateTime(0n, name);
    return true;
  } catch {
    return false;
  }
}

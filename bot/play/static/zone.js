// Wall-clock time in a named time zone, as <input type="datetime-local"> writes it.

/** 1795523400 in Europe/Paris → "2026-11-24T13:30". */
export function wallClockOf(unix, timeZone) {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(new Date(unix * 1000));
  return parts.replace(" ", "T");
}

/** The other way round, in seconds. In the hour that a clock change skips: the hour after it. */
export function instantOf(wallClock, timeZone) {
  const asIfUtc = Date.parse(`${wallClock}:00Z`) / 1000;
  const offsetAt = (unix) => Date.parse(`${wallClockOf(unix, timeZone)}:00Z`) / 1000 - unix;
  const guess = asIfUtc - offsetAt(asIfUtc);
  return asIfUtc - offsetAt(guess);
}

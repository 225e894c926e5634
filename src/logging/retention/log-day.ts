const DAY_MS = 86_400_000

/** Cached, because creating one costs a hundred times as much as using it. */
const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * Returns the calendar day, `YYYY-MM-DD`, of an instant in a time zone.
 *
 * @param timeZone IANA name, such as `Europe/Berlin`.
 * @throws {RangeError} if the time zone does not exist.
 */
export function dayOf(timeMs: number, timeZone: string): string {
  const format = formats.get(timeZone) ?? createFormat(timeZone)
  formats.set(timeZone, format)
  const parts = format.formatToParts(timeMs)
  const part = (type: string) => parts.find(part => part.type === type)?.value
  return `${part('year')}-${part('month')}-${part('day')}`
}

/**
 * Returns the number of days from one calendar day to another; negative if the second is earlier.
 */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS
}

function createFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
}

const DAY_MS = 86_400_000

/** Making one costs a hundred times what using it does. */
const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * The calendar day, `YYYY-MM-DD`, of an instant in a time zone.
 *
 * @param timeZone An IANA name, such as `Europe/Berlin`. Throws a RangeError for one that does not exist.
 */
export function dayOf(timeMs: number, timeZone: string): string {
  const format = formats.get(timeZone) ?? createFormat(timeZone)
  formats.set(timeZone, format)
  const parts = format.formatToParts(timeMs)
  const part = (type: string) => parts.find(part => part.type === type)?.value
  return `${part('year')}-${part('month')}-${part('day')}`
}

/** How many days lie between two calendar days; negative if the second comes first. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS
}

function createFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
}

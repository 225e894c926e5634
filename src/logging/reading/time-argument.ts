const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/**
 * Parses a duration such as `15m`, `2h` or `90d` (units s, m, h, d, w). Returns milliseconds;
 * undefined if the text is not a duration.
 */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? []
  return amount === undefined || unit === undefined ? undefined : Number(amount) * UNIT_MS[unit]!
}

/**
 * Parses a time: `15m`, `2h` or `3d` for a time ago (units s, m, h, d, w), or ISO 8601, in UTC
 * unless it has a zone. Returns milliseconds since 1970; undefined if the text is not a time.
 */
export function parseTime(text: string, now: number): number | undefined {
  const duration = parseDuration(text)
  if (duration !== undefined) return now - duration
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.test(text)) return undefined
  const hasZone = !text.includes('T') || /(Z|[+-]\d\d:?\d\d)$/.test(text)
  const at = Date.parse(hasZone ? text : `${text}Z`)
  return Number.isNaN(at) ? undefined : at
}

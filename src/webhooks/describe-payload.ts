import type { Payload } from './webhook.ts'

/**
 * Fields that say what kind of event it is, or when it was sent. All others may name a person or
 * say what one wrote.
 */
const SHOWN = new Set([
  ...['type', 'subtype', 'channel_type', 'event_time', 'event_ts', 'ts', 'thread_ts', 'command', 'retry_attempt'],
  ...['date', 'edit_date', 'offset', 'length', 'language_code', 'update_id'],
  ...['timestamp', 'localTimestamp', 'channelId', 'conversationType', 'textFormat', 'locale', 'contentType', 'role'],
])
/** Names and times, but no sentences. */
const WORD = /^[\w.:+/-]{1,40}$/
const HIDDEN = '[omitted]'
const MAX_DEPTH = 6
const MAX_VALUES = 100

/**
 * Describes a payload for the log, as JSON: its fields, with the values of those that say nothing
 * about people. At most 100 values. A text, because each source has other fields, which a log store
 * that maps fields to types would refuse.
 */
export function describePayload(payload: Payload): string {
  let values = 0

  function describe(value: unknown, name: string, depth: number): unknown {
    if (++values > MAX_VALUES || depth > MAX_DEPTH) return HIDDEN
    if (typeof value === 'boolean' || value === null) return value
    if (typeof value !== 'object') return SHOWN.has(name) && WORD.test(String(value)) ? value : HIDDEN
    if (Array.isArray(value)) return cut(value).map(entry => describe(entry, name, depth + 1))
    return Object.fromEntries(cut(Object.entries(value)).map(([key, inner]) => [keyOf(key), describe(inner, key, depth + 1)]))
  }

  function cut<Entry>(entries: readonly Entry[]): readonly Entry[] {
    return entries.slice(0, Math.max(0, MAX_VALUES - values))
  }

  return JSON.stringify(describe(payload, '', 0))
}

/** Names of fields become snake_case, as all in the log. What may be a text is hidden. */
function keyOf(name: string): string {
  return /^[a-z][a-z0-9_]{0,40}$/i.test(name) ? name.replace(/(?<=[a-z0-9])[A-Z]/g, '_$&').toLowerCase() : HIDDEN
}

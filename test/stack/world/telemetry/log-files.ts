import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogRecord } from './received.ts'

const FOLDER = '/run/stack/volumes/logs/chatbot'
export const SEVERITIES = { DEBUG: 5, INFO: 9, WARNING: 13, ERROR: 17, CRITICAL: 21 } as const
/** These become fields of the record or its resource; others become attributes. */
const RECORD_FIELDS = new Set(['time', 'level', 'level_number', 'service', 'trace_id', 'span_id', 'msg'])

/** Reads the lines of the combined log in order. */
export function readLogFiles(): readonly Record<string, unknown>[] {
  return readdirSync(FOLDER).flatMap(file =>
    readFileSync(join(FOLDER, file), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line)),
  )
}

/** Formats a line for comparison with its record. */
export function describeLine(line: Record<string, unknown>): string {
  return describe({
    timeMs: Date.parse(String(line.time)),
    traceId: line.trace_id,
    spanId: line.span_id,
    severityText: line.level,
    severityNumber: SEVERITIES[line.level as keyof typeof SEVERITIES],
    body: line.msg,
    attributes: Object.fromEntries(Object.entries(line).filter(([name]) => !RECORD_FIELDS.has(name))),
  })
}

/** Formats a record, without its resource, for comparison. */
export function describeRecord({ resource, ...record }: LogRecord): string {
  return describe(record)
}

/** Returns the items that occur more often in the first list than in the second. */
export function subtract(texts: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const text of others) counts.set(text, (counts.get(text) ?? 0) + 1)
  return texts.filter(text => {
    const count = counts.get(text) ?? 0
    counts.set(text, count - 1)
    return count <= 0
  })
}

/** Formats JSON with sorted keys. */
function describe(value: unknown): string {
  return JSON.stringify(value, (_, item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogRecord } from './received.ts'

const FOLDER = '/run/stack/volumes/logs/chatbot'
export const SEVERITIES = { DEBUG: 5, INFO: 9, WARNING: 13, ERROR: 17, CRITICAL: 21 } as const
/** These become fields of the record or of its resource; the others are its attributes. */
const RECORD_FIELDS = new Set(['time', 'level', 'level_number', 'service', 'trace_id', 'span_id', 'msg'])

/** The lines of the combined log in their order, as the server has written them. */
export function readLogFiles(): readonly Record<string, unknown>[] {
  return readdirSync(FOLDER).flatMap(file =>
    readFileSync(join(FOLDER, file), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line)),
  )
}

/** A line as a text that is the same for the record that it ought to become. */
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

/** A record without the resource that it came from, as a text to compare. */
export function describeRecord({ resource, ...record }: LogRecord): string {
  return describe(record)
}

/** What is in the first list more often than in the second. */
export function subtract(texts: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const text of others) counts.set(text, (counts.get(text) ?? 0) + 1)
  return texts.filter(text => {
    const count = counts.get(text) ?? 0
    counts.set(text, count - 1)
    return count <= 0
  })
}

/** JSON whose keys are sorted at every depth. */
function describe(value: unknown): string {
  return JSON.stringify(value, (_, item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}

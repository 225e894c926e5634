import { renderText } from '../record/text-format.ts'
import { toSafeLine } from '../redaction/redact-line.ts'
import type { LogLine } from './line-scanner.ts'

/** Characters shown of a line that is not a record. */
const MAX_SHOWN_CHARS = 2000

/**
 * Renders a line as text that is safe to print. A line that is not a record is shown as a warning.
 */
export function toTextLine(line: LogLine, colour: boolean): string {
  try {
    return renderText(line.record ?? replacementOf(line), colour)
  } catch {
    // The record is nested too deeply for JSON.stringify.
    return renderText(replacementOf(line), colour)
  }
}

/** Returns a line as JSON, unchanged except for escaped control characters. */
export function toJsonLine(line: LogLine): string {
  return toSafeLine(line.record === undefined ? JSON.stringify(replacementOf(line)) : line.text)
}

function replacementOf({ at, text, file }: LogLine) {
  return {
    time: Number.isFinite(at) ? new Date(at).toISOString() : undefined,
    level: 'WARNING',
    level_number: 30,
    module: 'logs',
    function: 'read',
    file: file.path,
    line: text.slice(0, MAX_SHOWN_CHARS),
    msg: 'Line is not a log record',
  }
}

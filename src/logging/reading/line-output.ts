import { renderText } from '../record/text-format.ts'
import { toSafeLine } from '../redaction/redact-line.ts'
import type { LogLine } from './line-scanner.ts'

/** Of what is no record, so many characters are shown. */
const MAX_SHOWN_CHARS = 2000

/** Writes a line for people: safe to print, whatever stands in it; what is no record is shown as a warning that says so. */
export function toTextLine(line: LogLine, colour: boolean): string {
  try {
    return renderText(line.record ?? standIn(line), colour)
  } catch {
    // Nested too deeply to be written out.
    return renderText(standIn(line), colour)
  }
}

/** Writes a line as JSON: as it stands in the file, but for what could deceive a terminal, which is escaped. */
export function toJsonLine(line: LogLine): string {
  return toSafeLine(line.record === undefined ? JSON.stringify(standIn(line)) : line.text)
}

function standIn({ at, text, file }: LogLine) {
  return {
    time: Number.isFinite(at) ? new Date(at).toISOString() : undefined,
    level: 'WARNING',
    level_number: 30,
    module: 'logs',
    function: 'read',
    file: file.path,
    line: text.slice(0, MAX_SHOWN_CHARS),
    msg: 'Not a record of the log',
  }
}

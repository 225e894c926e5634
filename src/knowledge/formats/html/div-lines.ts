import type { Outline } from '../outline.ts'

/** Collects the texts of neighbouring `div` elements that contain nothing but a line of text. */
export interface DivLines {
  open(): void
  close(): void
  /** Adds the text of the element that is open. */
  add(text: string): void
  /** Writes the lines so far. */
  end(): void
}

/** A line that has a meaning only together with those around it. */
const BRACKETS = /^[{}()[\]]+[;,]?$/
const MAX_INDENT = 20

/**
 * Creates an empty collector. Lines of which one consists of brackets are code, indented by the
 * brackets. Others are paragraphs. An element outside of the one around the first ends the lines.
 */
export function createDivLines(outline: Outline): DivLines {
  let depth = 0
  let firstDepth = 0
  let lines: string[] = []

  function end(): void {
    if (lines.some(line => BRACKETS.test(line))) outline.code(indent(lines))
    else for (const line of lines) outline.prose(line)
    lines = []
  }

  return {
    open() {
      depth++
    },
    close() {
      if (depth < firstDepth - 1) end()
      depth--
    },
    add(text) {
      if (lines.length === 0) firstDepth = depth
      lines.push(text)
    },
    end,
  }
}

function indent(lines: readonly string[]): string {
  let depth = 0
  return lines
    .map(line => {
      if (/^[})\]]/.test(line)) depth--
      const indented = '  '.repeat(Math.max(0, Math.min(depth, MAX_INDENT))) + line
      if (/[{([]$/.test(line)) depth++
      return indented
    })
    .join('\n')
}

/** Returns the value of an option of a directive of reStructuredText. */
export function optionOf(options = '', name: string): string | undefined {
  return new RegExp(`:${name}:[^\\S\\n]*(\\S[^\\n]*)`).exec(options)?.[1]?.trim()
}

/**
 * Selects the lines after the first with the text of `start-after`, or from that of `start-at`, to
 * the next with `end-before` or `end-at`. Else by their numbers, from 0, in `start-line` and
 * `end-line`.
 */
export function linesBetween(content: string, options: string): readonly string[] {
  const [after, before] = [optionOf(options, 'start-after'), optionOf(options, 'end-before')]
  const [first, last] = [optionOf(options, 'start-at'), optionOf(options, 'end-at')]
  const all = content.split('\n')
  const lines = all.slice(numberOf(options, 'start-line'), numberOf(options, 'end-line'))
  // Without such a line, the index is -1.
  const indexOf = (text: string, from = 0) => lines.findIndex((line, i) => i >= from && line.includes(text))
  const from = first === undefined ? (after === undefined ? 0 : indexOf(after) + 1) : Math.max(0, indexOf(first))
  const end = last === undefined ? (before === undefined ? -1 : indexOf(before, from)) : indexOf(last, from) + 1
  return lines.slice(from, end === -1 || (end === 0 && last !== undefined) ? undefined : end)
}

function numberOf(options: string, name: string): number | undefined {
  const written = optionOf(options, name)
  return written !== undefined && /^-?\d+$/.test(written) ? Number(written) : undefined
}

/** Returns the value of an option of a template tag, such as `start="<!--intro-->"`. */
export function templateOption(options: string, name: string): string | undefined {
  const [, double, single] = new RegExp(`(?:^|\\s)${name}=(?:"([^"\\n]+)"|'([^'\\n]+)')`).exec(options) ?? []
  return double ?? single
}

/** Selects the text after the first `start` and before the next `end`; to the edge without them. */
export function textBetween(content: string, start: string | undefined, end: string | undefined): string {
  const at = start === undefined ? -1 : content.indexOf(start)
  const from = at === -1 ? 0 : at + start!.length
  const to = end === undefined ? -1 : content.indexOf(end, from)
  return content.slice(from, to === -1 ? undefined : to)
}

/**
 * Selects lines `3:5`, a section between `--8<-- [start:name]` and its end, or a region between
 * `#region name` and `#endregion`. Without a name, or if there is no such part, selects everything.
 */
export function selectPart(content: string, part: string): string {
  const lines = content.split('\n')
  const shown = (some: readonly string[]) => some.filter(line => !/8<-+\s*\[|#(?:end)?region\b/.test(line)).join('\n')
  const range = /^(\d*)(?::(\d*))?$/.exec(part)
  if (range !== null && part !== '') return lines.slice(Number(range[1] || 1) - 1, Number(range[2]) || undefined).join('\n')
  const isMark = (line: string, kind: string) => line.includes(`[${kind}:${part}]`)
  const start = lines.findIndex(line => isMark(line, 'start') || line.trimEnd().endsWith(`#region ${part}`))
  if (part === '' || start === -1) return shown(lines)
  const end = lines.findIndex((line, i) => i > start && (isMark(line, 'end') || /#endregion\b/.test(line)))
  return shown(lines.slice(start + 1, end === -1 ? undefined : end))
}

/** Selects lines such as `1-3, 8-`. */
export function selectLines(lines: readonly string[], ranges: string | undefined): readonly string[] {
  if (ranges === undefined) return lines
  return ranges.split(',').flatMap(range => {
    const [, from = '1', dash = '', to = ''] = /^\s*(\d*)\s*(-?)\s*(\d*)\s*$/.exec(range) ?? []
    const first = Number(from || 1)
    return lines.slice(first - 1, to === '' ? (dash === '' ? first : undefined) : Number(to))
  })
}

/** Selects lines such as `1:3,5:6`. A line with `…` is where others are left out. */
export function selectRanges(content: string, ranges: string): string {
  const lines = content.split('\n')
  const shown: string[] = []
  let next: number | undefined
  for (const [, first, colon, last] of ranges.matchAll(/(\d+)\s*(:?)\s*(\d*)/g)) {
    const from = Number(first) - 1
    const to = last === '' ? (colon === '' ? from + 1 : lines.length) : Number(last)
    if (next !== undefined && from > next) shown.push('…')
    shown.push(...lines.slice(from, to))
    next = to
  }
  return shown.length === 0 ? content : shown.join('\n')
}

/** A call in a stack: where, but no values. */
export interface Frame {
  readonly function: string | undefined
  /** Relative to the server's code or to `node_modules`; otherwise the name of the file alone. */
  readonly file: string
  readonly line: number
  readonly column: number
  /** Whether it is the server's own code. */
  readonly isOwn: boolean
}

const FRAME_LINE = /^ {4}at /
const FRAME = /^ {4}at (?:async )?(?:(.+?) \()?(?:file:\/\/)?(.+?):(\d+):(\d+)\)?$/
const FUNCTION = /^[\w$.<>[\] #]{1,120}$/
/** Added to a text of the log that was cut. */
export const CUT = /… \(\d+ more characters\)$/

/**
 * Reads the calls of a stack as V8 writes it, innermost first. The message before them may have
 * lines that look like calls, so only the last ones without other lines between them count.
 */
export function framesOf(stack: string, root: string): readonly Frame[] {
  const lines = stack.split('\n')
  if (CUT.test(lines.at(-1) ?? '')) lines.pop()
  const start = lines.findLastIndex(line => !FRAME_LINE.test(line)) + 1
  return lines.slice(start).flatMap(text => {
    const [, name, place, line, column] = FRAME.exec(text) ?? []
    if (place === undefined) return []
    const isOwn = place.startsWith(`${root}/`) && !place.startsWith(`${root}/node_modules/`)
    const shown = name !== undefined && FUNCTION.test(name) ? name : undefined
    return [{ function: shown, file: shorten(place, root, isOwn), line: Number(line), column: Number(column), isOwn }]
  })
}

function shorten(place: string, root: string, isOwn: boolean): string {
  if (isOwn) return place.slice(root.length + 1)
  const packages = place.lastIndexOf('node_modules/')
  return packages >= 0 ? place.slice(packages) : place.startsWith('node:') ? place : (/[^/\\]+$/.exec(place)?.[0] ?? '')
}

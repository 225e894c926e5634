import { fixedText, joinTexts, type ReplyText } from '../../reply-text.ts'
import { OMISSION } from '../../text/omission.ts'
import { escapeWords } from '../../text/printing/markdown-escaping.ts'

/** A list or table that is shown by the names of its items, or the names of a section's parts. */
export interface ListNames {
  /** The block whose segments the names replace. Undefined for parts: these follow the segments. */
  readonly block: number | undefined
  readonly isNumbered: boolean
  /** Those that fit, in order. */
  readonly shown: readonly string[]
  /** Whether some do not fit. */
  readonly isCut: boolean
}

/** UTF-16 code units of a list marker and a line break. */
const MARKER_COST = 3

/** The first names that fit. @param room UTF-16 code units. */
export function fitNames(names: readonly string[], room: number): Pick<ListNames, 'shown' | 'isCut'> {
  let left = room
  const end = names.findIndex(name => {
    left -= name.length + MARKER_COST
    return left < 0
  })
  return { shown: end === -1 ? names : names.slice(0, end), isCut: end !== -1 }
}

/** UTF-16 code units of names. */
export function lengthOfNames({ shown }: ListNames): number {
  return shown.reduce((sum, name) => sum + name.length + MARKER_COST, 0)
}

/** Writes names as a list. Logs omit them: they may be parts of longer texts. */
export function writeNames({ shown, isNumbered, isCut }: ListNames): ReplyText {
  const lines = shown.map((name, i) => {
    const marker = isNumbered ? `${i + 1}. ` : '- '
    return { text: marker + escapeWords(name), plain: marker + name, toLog: () => `${marker}[text]` }
  })
  return joinTexts([joinTexts(lines, '\n'), ...(isCut ? [fixedText(`\n\n${OMISSION}`)] : [])])
}

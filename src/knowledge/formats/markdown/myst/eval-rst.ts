import { createFenceReader } from '../code/fences.ts'
import { EVAL_RST } from './myst.ts'

/** A part of a page of MyST: Markdown with its fences, or what is between two of them. */
export interface MystPart {
  readonly isRst: boolean
  readonly text: string
  /** White space before each line of reStructuredText, in an item for instance. */
  readonly indent: string
}

/** Divides a page into Markdown and reStructuredText. Joined by line ends, the parts are it. */
export function splitEvalRst(text: string): readonly MystPart[] {
  if (!text.includes(EVAL_RST)) return [{ isRst: false, text, indent: '' }]
  const parts: MystPart[] = []
  const readFence = createFenceReader()
  let lines: string[] = []
  let indent: string | undefined
  const end = () => {
    if (lines.length > 0) parts.push({ isRst: indent !== undefined, text: lines.join('\n'), indent: indent ?? '' })
    lines = []
  }
  for (const line of text.split('\n')) {
    const read = readFence(line)
    if (read.kind === 'close' && indent !== undefined) {
      end()
      indent = undefined
    }
    lines.push(line)
    if (read.kind === 'open' && read.content.kind === 'code' && read.content.language.trim() === EVAL_RST) {
      end()
      indent = read.prefix.replace(/\S/g, ' ')
    }
  }
  end()
  return parts
}

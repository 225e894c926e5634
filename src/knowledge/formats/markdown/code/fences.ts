import { type Directive, readDirective } from '../myst/myst.ts'
import { endsInlineCode } from './code-spans.ts'

/** The content of a fence that is no box: code, or what a directive makes of it. */
export type FenceContent = Exclude<Directive, { readonly kind: 'box' }>

/** The first line of a fence. */
export interface FenceOpening {
  /** White space, and marks of quotes and items. */
  readonly prefix: string
  /** Backticks or tildes, also for a fence of colons. */
  readonly marks: string
  readonly content: FenceContent
  /** Whether options may follow, as in MyST. */
  readonly isDirective: boolean
}

/**
 * What a line of Markdown is with respect to fences. A box is a fence with Markdown in it: `line`
 * is the first line of the box that replaces it.
 */
export type FenceLine =
  | { readonly kind: 'text' | 'code' | 'close' | 'close-box' }
  | (FenceOpening & { readonly kind: 'open' })
  | { readonly kind: 'open-box'; readonly line: string | undefined }

const FENCE = /^([^\S\n]*(?:>[^\S\n]?|[-*+][^\S\n]+|\d{1,9}[.)][^\S\n]+)*)(`{3,}|~{3,}|:{3,}(?=\s*(?:\{eval-rst\}\s*)?$))([^`]*)$/
/** A fence ends in a quote, but not at the beginning of an item. */
const END = /^[\s>]*$/

/**
 * Creates a reader of the lines of a page, in order, which finds where code begins and ends. This
 * is the only rule for that: each rewriter of Markdown uses it.
 */
export function createFenceReader(): (line: string) => FenceLine {
  let open: string | undefined
  /** For each open box its marks. */
  const boxes: string[] = []
  /** The lines of a paragraph from the first with three backticks, which may begin inline code. */
  let ticked: string[] = []
  return line => {
    const isShort = !line.includes('```') && !line.includes('~~~') && !line.includes(':::')
    const [, prefix = '', marks = '', info = ''] = isShort ? [] : (FENCE.exec(line) ?? [])
    const isEnd = marks !== '' && info.trim() === ''
    if (open !== undefined) {
      if (!isEnd || !marks.startsWith(open) || !END.test(prefix)) return { kind: 'code' }
      open = undefined
      return { kind: 'close' }
    }
    const isCodeEnd = isEnd && ticked.length > 0 && endsInlineCode([...ticked, line])
    if (isCodeEnd || line.trim() === '') ticked = []
    else if (marks === '' && (ticked.length > 0 || line.includes('```'))) ticked.push(line)
    else if (marks !== '') ticked = []
    if (isCodeEnd || marks === '' || (isEnd && marks.startsWith(':'))) return { kind: 'text' }
    if (isEnd && boxes.at(-1) === marks) {
      boxes.pop()
      return { kind: 'close-box' }
    }
    const directive = readDirective(info.trim())
    const content = directive ?? { kind: 'code', language: info }
    if (content.kind === 'box' || info.trim() === 'mdx-code-block') {
      boxes.push(marks)
      return { kind: 'open-box', line: content.kind === 'box' ? prefix + content.line : undefined }
    }
    open = marks
    return { kind: 'open', prefix, marks: marks.replaceAll(':', '```'), content, isDirective: directive !== undefined }
  }
}

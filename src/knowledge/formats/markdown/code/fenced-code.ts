import { applyChanges, readSettings } from './snippet-marks.ts'

/** The title of code: an attribute, or text in brackets after the language (VitePress). */
const TITLE = /\b(?:title|tab|filename)=(?:"([^"]*)"|'([^']*)')|^\s*[\w.+#-]+(?:[^\S\n]+[\w-]+)?[^\S\n]+\[([^\]\n]{1,100})\]/
/** Lines that Expressive Code shows as removed: `del={1,3-5}`, or with labels `del={"A":2}`. */
const REMOVED = /(?:^|\s)del=\{([^}\n]{0,300})\}/g
/** Words that it shows as removed or added within a line. */
const WORDS = /(?:^|\s)(del|ins)=(?:"((?:[^"\\\n]|\\.)+)"|'((?:[^'\\\n]|\\.)+)')/g
/** Marks of one fence. Real ones have a few. */
const MAX_MARKS = 50
/** Comments that highlight lines, and instructions to formatters. */
const COMMENT = /^[^\S\n]*(?:\/\/|#|<!--|\{?\/\*|--)[^\S\n]*(?:highlight-(?:start|end|next-line)|prettier-ignore)/
/** A comment of Shiki at the end of a line, such as `// [!code --]` or `# [!code focus:3]`. */
const SHIKI =
  /(?:\/\/|#|<!--|\{?\/\*|--|%|;)[^\S\n]*\[!code ([^\]\s:]+)(?::(\d{1,4}))?[^\]\n]*\][^\S\n]*(?:\*\/\}?|-->)?[^\S\n]*$/
/** Comments of Twoslash: where shown code begins and ends, and instructions to the compiler. */
const CUT = /^[\s>]*\/\/ ---cut-?(start|end|before|after)?---\s*$/
const TWOSLASH = /^[\s>]*\/\/ (?:\^[?|]|@(?:errors|noErrors|module|moduleResolution|target|strict|lib)\b)/
/** What shows that a script is Twoslash without a word after the marks. */
const COMPILED = /^[\s>]*\/\/ (?:@(?:errors:[\d ,]+|noErrors)|---cut---)\s*$/
const SCRIPT = /^\s*(?:[cm]?[jt]sx?|javascript|typescript|svelte)\b/

/** Fenced code with its title. */
export interface FencedCode {
  readonly title: string | undefined
  readonly lines: readonly string[]
}

/** Reads fenced code as a site shows it. `info` is the text after the marks. */
export function readFencedCode(info: string, written: readonly string[]): FencedCode {
  const { file, lines } = readSettings(info, written)
  return { title: titleIn(info) ?? file, lines: applyCodeMarks(info, applyChanges(info, withoutHidden(info, lines))) }
}

/** Returns the first line of fenced code below its title. */
export function openFence(prefix: string, marks: string, info: string, title: string | undefined): string[] {
  const above = title === undefined ? [] : ['', `${prefix.replace(/\S/g, ' ')}${title.replace(/:$/, '')}:`, '']
  return [...above, `${prefix}${marks}${info}`]
}

function titleIn(info: string): string | undefined {
  return TITLE.exec(info)
    ?.slice(1)
    .find(text => text !== undefined)
}

/**
 * Returns the lines of fenced code as they are after the change that its marks show: without
 * removed lines, and without the comments that highlight or hide lines. Code whose lines are all
 * removed is shown, and a diff is not changed.
 */
function applyCodeMarks(info: string, lines: readonly string[]): readonly string[] {
  if (/^\s*diff\b/.test(info)) return lines
  const removed = removedLines(info)
  const words = changedWords(info)
  const kept: string[] = []
  /** Number of the last line that a comment removes. */
  let last = 0
  for (const [i, line] of lines.entries()) {
    const comment = line.includes('[!code ') ? SHIKI.exec(line) : null
    const code = comment === null ? line : line.slice(0, comment.index).trimEnd()
    // A comment alone on its line is about the lines after it.
    const isAlone = comment !== null && code === ''
    if (comment?.[1] === '--') last = Math.max(last, i + Number(comment[2] ?? 1) + (isAlone ? 1 : 0))
    const isRemoved = i < last || removed.some(range => range.first <= i + 1 && i + 1 <= range.last)
    if (!isAlone && !isRemoved && !COMMENT.test(line)) kept.push(withoutWords(code, words))
  }
  const isChanged = removed.length > 0 || last > 0
  return isChanged && kept.every(line => line.trim() === '') ? lines : kept
}

/** Numbers of lines, from 1. */
interface Range {
  readonly first: number
  readonly last: number
}

function removedLines(info: string): readonly Range[] {
  const written = Array.from(info.matchAll(REMOVED), ([, ranges = '']) => ranges.replace(/"[^"]*"|'[^']*'/g, ''))
  const ranges = written.join(',').matchAll(/(\d{1,5})(?:\s*-\s*(\d{1,5}))?/g)
  return Array.from(ranges, ([, first, last]) => ({ first: Number(first), last: Number(last ?? first) })).slice(0, MAX_MARKS)
}

interface ChangedWords {
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

function changedWords(info: string): ChangedWords {
  const words = Array.from(info.matchAll(WORDS), ([, kind, double, single]) => {
    return { kind, text: (double ?? single ?? '').replace(/\\(.)/g, '$1') }
  }).slice(0, MAX_MARKS)
  const of = (wanted: string) => words.filter(({ kind }) => kind === wanted).map(({ text }) => text)
  return { removed: of('del'), added: of('ins') }
}

/** Removes words from a line that also contains what replaces them. */
function withoutWords(line: string, { removed, added }: ChangedWords): string {
  if (!removed.some(text => line.includes(text)) || !added.some(text => line.includes(text))) return line
  return removed.reduce((kept, text) => kept.replace(kept.includes(`${text} `) ? `${text} ` : text, ''), line)
}

function withoutHidden(info: string, lines: readonly string[]): readonly string[] {
  const isCompiled = /\stwoslash\b/.test(info) || (SCRIPT.test(info) && lines.some(line => COMPILED.test(line)))
  const kept = isCompiled ? withoutCuts(lines) : lines
  return kept.every(line => line.trim() === '') ? lines : kept
}

function withoutCuts(lines: readonly string[]): readonly string[] {
  let kept: string[] = []
  let isHidden = false
  for (const line of lines) {
    const cut = CUT.exec(line)
    if (cut === null) {
      if (!isHidden && !TWOSLASH.test(line)) kept.push(line)
    } else {
      isHidden = cut[1] === 'start' || cut[1] === 'after'
      if (cut[1] === undefined || cut[1] === 'before') kept = []
    }
  }
  return kept
}

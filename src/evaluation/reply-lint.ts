import { fold } from './reply.ts'

/** What a rule looks at. */
interface Linted {
  /** The reply in Markdown, trimmed. */
  readonly reply: string
  /** The same, with each character of code replaced. */
  readonly withoutCode: string
  /** Lines of the reply that are not code. */
  readonly lines: readonly string[]
  readonly question: string
  readonly isRight: boolean
}

/** Replaces a character of code: no rule looks for it. */
const CODE = '█'
/** A shorter question may be a title, which the reply repeats as a heading. Characters. */
const LONG_QUESTION = 40
/** A shorter last line may be a title. Characters. */
const LONG_LINE = 60
/** Characters of a reply that says next to nothing. */
const SHORT_REPLY = 25
/** A reply shorter than this many questions adds little to the question that it repeats. */
const ECHO_LENGTH = 1.6
const ECHO_SHARE = 0.9

/** Links of a page's frame. */
const NAVIGATION = new Set(
  ['Top', 'Comments', 'See also', 'Table of contents', 'Next', 'Previous', 'Edit this page', 'Skip to content'].map(fold),
)
/** Source code of documentation generators, which their sites do not show. */
const MARKUP = [
  /^(?:import|export) .* from /m,
  // Components of MDX and Vue, and elements that only group text.
  /<\/?[A-Z]\w*(?:\s[^>]*)?\/?>/,
  /<\/?(?:details|summary|div|span)\b/,
  // Boxes, shortcodes and tags of Markdown dialects.
  /^:::/m,
  /\{\{[<%]|\{%/,
  // Directives and roles of reStructuredText; the text of a role looks like code.
  /^\.\. \w[\w-]*::/m,
  new RegExp(`:(?:ref|doc|option|meth|class|func|term|envvar):[\`${CODE}]`),
]

const RULES = {
  cut: ({ reply }) => /^(?:…|\.\.\.)/.test(reply) || /[a-z,] …(?:\s|$)/.test(reply),
  starts_inside_list: ({ reply }) => Number(/^(\d{1,2})[.)]\s/.exec(reply)?.[1] ?? 1) > 1,
  starts_inside_code: ({ reply }) => ['</', '}', ')', ']'].some(end => reply.startsWith(end)),
  ends_in_colon: ({ reply }) => /[:：]$/.test(reply),
  open_fence: ({ reply }) => reply.split('\n').filter(line => line.trimStart().startsWith('```')).length % 2 === 1,
  markup: ({ withoutCode }) => MARKUP.some(pattern => pattern.test(withoutCode)),
  navigation: ({ lines }) => lines.some(line => NAVIGATION.has(fold(line.trim()))),
  next_to_nothing: ({ reply, isRight }) => !isRight && fold(reply).length < SHORT_REPLY,
  echo: ({ reply, question }) => question.length > LONG_QUESTION && repeats(reply, question),
  ends_inside_sentence: ({ lines }) => isUnfinished(lines.findLast(line => !isCode(line))?.trim() ?? ''),
} satisfies Record<string, (linted: Linted) => boolean>

/** A fault that a reader sees without knowing the right answer. */
export type Defect = keyof typeof RULES

/** Lists the defects of an answer in Markdown. */
export function findDefects(markdown: string, question: string, isRight: boolean): readonly Defect[] {
  const reply = markdown.trim()
  const withoutCode = maskCode(reply)
  const lines = withoutCode.split('\n').filter(line => line.trim() !== '')
  const linted = { reply, withoutCode, lines, question, isRight }
  return (Object.keys(RULES) as Defect[]).filter(name => RULES[name](linted))
}

function maskCode(markdown: string): string {
  return markdown
    .replace(/```[\s\S]*?```/g, block => block.replace(/[^\n]/g, CODE))
    .replace(/`[^`\n]+`/g, code => CODE.repeat(code.length))
}

function isCode(line: string): boolean {
  return [...line.trim()].every(character => character === CODE)
}

/** Returns whether a reply consists of the question, or says little beside its words. */
function repeats(reply: string, question: string): boolean {
  const letters = (text: string) => fold(text).replace(/\W/g, '')
  if (letters(reply) === letters(question)) return true
  const said = fold(reply)
  const words = fold(question)
    .split(' ')
    .filter(word => word.length > 3)
  const repeated = words.filter(word => said.includes(word))
  return said.length < ECHO_LENGTH * question.length && repeated.length > ECHO_SHARE * words.length
}

/** Returns whether a long line that is no item, row or address ends without an end. */
function isUnfinished(line: string): boolean {
  if (line.length <= LONG_LINE || /^[-*•|]|^\d+[.)]/.test(line)) return false
  return /[a-z,(]$/.test(line) && !/https?:\S+$/.test(line)
}

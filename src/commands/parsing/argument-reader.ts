import { fixedText, type ReplyText, reply } from '../../reply-text.ts'
import type { ArgumentSpec, ArgumentValue, TextArgument } from '../command.ts'
import { oneLine } from '../one-line.ts'
import { checkArgument, expectationOf } from './argument-check.ts'
import { nearestNames } from './suggestion.ts'
import { readWord, skipSpace } from './word-reader.ts'

export type ArgumentProblem =
  | 'unbalanced_quotes'
  | 'missing_argument'
  | 'unexpected_argument'
  | 'unknown_argument'
  | 'repeated_argument'
  | 'invalid_argument'

/**
 * The arguments of a command, or the first problem in them. `count` is the number of valid
 * arguments up to there.
 */
export type ArgumentsRead =
  | { readonly kind: 'values'; readonly values: Readonly<Record<string, ArgumentValue>>; readonly count: number }
  | (Problem & { readonly count: number })

interface Problem {
  readonly kind: 'problem'
  readonly problem: ArgumentProblem
  /** A sentence for the user. */
  readonly detail: ReplyText
}

/** The text of an argument, not yet validated, and the offset of its end. */
interface ArgumentText {
  readonly kind: 'found'
  readonly spec: ArgumentSpec
  readonly text: string
  readonly end: number
}

/**
 * Reads arguments by name (`--name value`, `--name=value`) or by position. Before a `rest` argument
 * only declared names are read as names: `/search git commit --amend` searches for all four words.
 * Never throws. Linear time.
 */
export function readArguments(line: string, specs: readonly ArgumentSpec[]): ArgumentsRead {
  const values = new Map<string, ArgumentValue>()
  const text = line.trimEnd()
  let at = skipSpace(text, 0)
  while (at < text.length) {
    const found = readArgument(text, at, specs, values)
    if (found.kind === 'problem') return { ...found, count: values.size }
    const value = checkArgument(found.spec, found.text)
    if (value === undefined) return { ...invalid(found), count: values.size }
    values.set(found.spec.name, value)
    at = skipSpace(text, found.end)
  }
  const missing = specs.find(spec => spec.required && !values.has(spec.name))
  if (missing !== undefined) {
    return {
      ...problem('missing_argument', fixedText(`${label(missing)} is missing. It must be ${expectationOf(missing)}.`)),
      count: values.size,
    }
  }
  return { kind: 'values', values: { ...defaultsOf(specs), ...Object.fromEntries(values) }, count: values.size }
}

function readArgument(
  line: string,
  at: number,
  specs: readonly ArgumentSpec[],
  given: ReadonlyMap<string, ArgumentValue>,
): ArgumentText | Problem {
  const next = specs.find(spec => !given.has(spec.name))
  const name = readName(line, at)
  if (name !== undefined) {
    const named = specs.find(spec => spec.name === name.text)
    if (named !== undefined) return given.has(named.name) ? repeated(named) : readValue(line, name.end, named)
  }
  if (next?.type === 'text' && next.rest !== undefined) return readRest(line, at, next)
  if (name !== undefined)
    return problem('unknown_argument', reply`There is no argument ${quote(`--${name.text}`)}.${suggestName(name.text, specs)}`)
  if (next === undefined)
    return problem('unexpected_argument', reply`This command takes no further argument. Remove ${quote(line.slice(at))}.`)
  return readValue(line, at, next)
}

/** Reads a name after two dashes, up to `=` or white space. */
function readName(line: string, at: number): { readonly text: string; readonly end: number } | undefined {
  const pattern = /--([^\s=]*)=?/y
  pattern.lastIndex = at
  const match = pattern.exec(line)
  return match === null ? undefined : { text: match[1]!.toLowerCase(), end: pattern.lastIndex }
}

function readValue(line: string, at: number, spec: ArgumentSpec): ArgumentText | Problem {
  const start = skipSpace(line, at)
  if (start === line.length)
    return problem('missing_argument', fixedText(`--${spec.name} has no value. It must be ${expectationOf(spec)}.`))
  const word = readWord(line, start)
  if (word === undefined) return problem('unbalanced_quotes', reply`The closing quote is missing: ${quote(line.slice(start))}`)
  return { kind: 'found', spec, ...word }
}

function readRest(line: string, at: number, spec: TextArgument): ArgumentText {
  const word = spec.rest === 'unquoted' ? readWord(line, at) : undefined
  return { kind: 'found', spec, text: word?.end === line.length ? word.text : line.slice(at), end: line.length }
}

function defaultsOf(specs: readonly ArgumentSpec[]): Record<string, ArgumentValue> {
  return Object.fromEntries(
    specs.flatMap(spec => (spec.type === 'integer' && spec.default !== undefined ? [[spec.name, spec.default]] : [])),
  )
}

function invalid({ spec, text }: ArgumentText): Problem {
  return problem('invalid_argument', reply`${fixedText(`${label(spec)} must be ${expectationOf(spec)}`)}, not ${quote(text)}.`)
}

function repeated(spec: ArgumentSpec): Problem {
  return problem('repeated_argument', fixedText(`${label(spec)} is given twice. Give it once.`))
}

function problem(problem: ArgumentProblem, detail: ReplyText): Problem {
  return { kind: 'problem', problem, detail }
}

function suggestName(found: string, specs: readonly ArgumentSpec[]): ReplyText {
  const [near] = nearestNames(
    found,
    specs.map(spec => spec.name),
  )
  return fixedText(near === undefined ? '' : ` Did you mean --${near}?`)
}

function label(spec: ArgumentSpec): string {
  return spec.name.toUpperCase()
}

function quote(text: string): string {
  return `"${oneLine(text, 40)}"`
}

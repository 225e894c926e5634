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

/** What was read of a command's arguments; `count` of them were understood, with or without a problem after them. */
export type ArgumentsRead =
  | { readonly kind: 'values'; readonly values: Readonly<Record<string, ArgumentValue>>; readonly count: number }
  | (Problem & { readonly count: number })

interface Problem {
  readonly kind: 'problem'
  readonly problem: ArgumentProblem
  /** A sentence for who wrote it. */
  readonly detail: string
}

/** One argument as written, not yet checked, and where in the line it ends. */
interface Written {
  readonly kind: 'written'
  readonly spec: ArgumentSpec
  readonly text: string
  readonly end: number
}

/**
 * Reads arguments as they are declared: `--name value`, `--name=value`, or by position. Where a `rest` argument is next, only the command's
 * own names count, so that `/search git commit --amend` searches for just that. Never throws; takes time linear in the line.
 */
export function readArguments(line: string, specs: readonly ArgumentSpec[]): ArgumentsRead {
  const values = new Map<string, ArgumentValue>()
  const text = line.trimEnd()
  let at = skipSpace(text, 0)
  while (at < text.length) {
    const written = readArgument(text, at, specs, values)
    if (written.kind === 'problem') return { ...written, count: values.size }
    const value = checkArgument(written.spec, written.text)
    if (value === undefined) return { ...invalid(written), count: values.size }
    values.set(written.spec.name, value)
    at = skipSpace(text, written.end)
  }
  const missing = specs.find(spec => spec.required && !values.has(spec.name))
  if (missing !== undefined) {
    return {
      ...problem('missing_argument', `${label(missing)} is missing: it must be ${expectationOf(missing)}.`),
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
): Written | Problem {
  const next = specs.find(spec => !given.has(spec.name))
  const name = readName(line, at)
  if (name !== undefined) {
    const named = specs.find(spec => spec.name === name.text)
    if (named !== undefined) return given.has(named.name) ? repeated(named) : readValue(line, name.end, named)
  }
  if (next?.type === 'text' && next.rest !== undefined) return readRest(line, at, next)
  if (name !== undefined)
    return problem('unknown_argument', `There is no argument ${quote(`--${name.text}`)}${hintAt(name.text, specs)}`)
  if (next === undefined) return problem('unexpected_argument', `${quote(line.slice(at))} is more than this command takes.`)
  return readValue(line, at, next)
}

/** The name after two dashes, up to `=` or white space. */
function readName(line: string, at: number): { readonly text: string; readonly end: number } | undefined {
  const pattern = /--([^\s=]*)=?/y
  pattern.lastIndex = at
  const match = pattern.exec(line)
  return match === null ? undefined : { text: match[1]!.toLowerCase(), end: pattern.lastIndex }
}

function readValue(line: string, at: number, spec: ArgumentSpec): Written | Problem {
  const start = skipSpace(line, at)
  if (start === line.length) return problem('missing_argument', `--${spec.name} has no value: it must be ${expectationOf(spec)}.`)
  const word = readWord(line, start)
  if (word === undefined)
    return problem('unbalanced_quotes', `The quotation that begins with ${quote(line.slice(start))} has no end.`)
  return { kind: 'written', spec, ...word }
}

function readRest(line: string, at: number, spec: TextArgument): Written {
  const word = spec.rest === 'unquoted' ? readWord(line, at) : undefined
  return { kind: 'written', spec, text: word?.end === line.length ? word.text : line.slice(at), end: line.length }
}

function defaultsOf(specs: readonly ArgumentSpec[]): Record<string, ArgumentValue> {
  return Object.fromEntries(
    specs.flatMap(spec => (spec.type === 'integer' && spec.default !== undefined ? [[spec.name, spec.default]] : [])),
  )
}

function invalid({ spec, text }: Written): Problem {
  return problem('invalid_argument', `${label(spec)} must be ${expectationOf(spec)}, not ${quote(text)}.`)
}

function repeated(spec: ArgumentSpec): Problem {
  return problem('repeated_argument', `${label(spec)} is given twice.`)
}

function problem(problem: ArgumentProblem, detail: string): Problem {
  return { kind: 'problem', problem, detail }
}

function hintAt(written: string, specs: readonly ArgumentSpec[]): string {
  const [near] = nearestNames(
    written,
    specs.map(spec => spec.name),
  )
  return near === undefined ? '.' : `: did you mean --${near}?`
}

function label(spec: ArgumentSpec): string {
  return spec.name.toUpperCase()
}

function quote(text: string): string {
  return `"${oneLine(text, 40)}"`
}

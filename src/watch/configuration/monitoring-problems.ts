import type { ErrorObject } from 'ajv'
import { distance } from 'fastest-levenshtein'
import { type Document, isMap, isNode, type LineCounter, type YAMLParseError } from 'yaml'
import { MONITORING_SCHEMA } from './monitoring-schema.ts'

/** How far a misspelt key may be from one that exists. */
const MAX_EDITS = 4

/** Wrong keys and values that are listed. Further ones are counted. */
export const MAX_PROBLEMS = 20

/** One thing that is wrong in the file. Lines count from 1. */
export interface Problem {
  readonly line: number | undefined
  readonly message: string
}

/** Lists problems by line, each once. `further` is the number of those that are only counted. */
export function listProblems(path: string, problems: readonly Problem[], further: number): string {
  const shown = problems
    .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .map(({ line, message }) => `${path}${line === undefined ? '' : `:${line}`}: ${message}`)
  return [...new Set(shown), ...(further === 0 ? [] : [`… and ${further} more problems`])].join('\n')
}

/** Describes why a file is not YAML. The library's text ends with a picture of the line. */
export function describeSyntaxError({ linePos, message }: YAMLParseError): Problem {
  const [reason = ''] = message.split(/ at line \d+|\n/)
  return { line: linePos?.[0].line, message: `The file is not valid YAML: ${reason}.` }
}

/** Describes what is wrong with a key: its line, its path, and what would be right. */
export function describeProblem(error: ErrorObject, document: Document, lines: LineCounter): Problem {
  const path = error.instancePath.split('/').slice(1).map(decodeURIComponent)
  const { additionalProperty } = error.params as { additionalProperty?: string }
  const full = additionalProperty === undefined ? path : [...path, additionalProperty]
  return { line: lineOf(full, document, lines), message: `${full.join('.') || 'The file'}: ${advise(error, path)}` }
}

/** The line of a key; where the file does not have it, that of the nearest section around it. */
export function lineOf(path: readonly string[], document: Document, lines: LineCounter): number | undefined {
  if (path.length === 0) return undefined
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const pair = isMap(parent) ? parent.items.find(({ key }) => String(key) === path.at(-1)) : undefined
  const node = pair?.key ?? document.getIn(path, true)
  const offset = isNode(node) ? node.range?.[0] : undefined
  return offset === undefined ? lineOf(path.slice(0, -1), document, lines) : lines.linePos(offset).line
}

function advise({ keyword, params, message = '' }: ErrorObject, path: readonly string[]): string {
  const facts = params as Readonly<Record<string, unknown>>
  switch (keyword) {
    case 'additionalProperties': {
      const known = keysAt(path)
      const nearest = known.toSorted(
        (a, b) => distance(a, String(facts.additionalProperty)) - distance(b, String(facts.additionalProperty)),
      )[0]
      const close = nearest !== undefined && distance(nearest, String(facts.additionalProperty)) <= MAX_EDITS
      return `This key is not known. ${close ? `Did you mean ${nearest}?` : `Use one of ${known.join(', ')}.`}`
    }
    case 'enum':
      return `Use one of ${(facts.allowedValues as readonly string[]).join(', ')}.`
    case 'type':
      return `Use ${ARTICLES[String(facts.type)] ?? String(facts.type)}.`
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
      return facts.limit === 1 && keyword === 'maximum'
        ? 'Use a share of at most 1, such as 0.8 for 80 %.'
        : `Use a value ${String(facts.comparison)} ${String(facts.limit)}.`
    case 'format':
      return FORMATS[String(facts.format)] ?? message
    default:
      return `${message}.`
  }
}

const ARTICLES: Readonly<Record<string, string>> = {
  object: 'keys and values',
  array: 'a list',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  string: 'a text',
}

const FORMATS: Readonly<Record<string, string>> = {
  schedule:
    'Use a day and a time such as Mon 07:00 Europe/Berlin, or a time such as 07:00. The time zone must be one of the IANA list.',
  email: 'Use an address such as operators@example.com.',
}

/** The keys that the schema has at a path. */
function keysAt(path: readonly string[]): string[] {
  let schema: unknown = MONITORING_SCHEMA
  for (const name of path) schema = (schema as { properties?: Record<string, unknown> } | undefined)?.properties?.[name]
  return Object.keys((schema as { properties?: object } | undefined)?.properties ?? {})
}

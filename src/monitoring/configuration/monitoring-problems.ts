import type { ErrorObject } from 'ajv'
import { distance } from 'fastest-levenshtein'
import { type Document, isMap, isNode, type LineCounter } from 'yaml'
import { MONITORING_SCHEMA } from './monitoring-schema.ts'

/** How far a misspelt key may be from one that exists. */
const MAX_EDITS = 4

/** Describes what is wrong with a key: its line, its path, and what would be right. */
export function describeProblem(
  error: ErrorObject,
  document: Document,
  lines: LineCounter,
): { readonly line: number | undefined; readonly message: string } {
  const path = error.instancePath.split('/').slice(1).map(decodeURIComponent)
  const { additionalProperty } = error.params as { additionalProperty?: string }
  const full = additionalProperty === undefined ? path : [...path, additionalProperty]
  return { line: lineOf(full, document, lines), message: `${full.join('.') || 'The file'}: ${advise(error, path)}` }
}

function lineOf(path: readonly string[], document: Document, lines: LineCounter): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const pair = isMap(parent) ? parent.items.find(({ key }) => String(key) === path.at(-1)) : undefined
  const node = pair?.key ?? document.getIn(path, true)
  const offset = isNode(node) ? node.range?.[0] : undefined
  return offset === undefined ? undefined : lines.linePos(offset).line
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
      return `Use a value ${String(facts.comparison)} ${String(facts.limit)}.`
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
  schedule: 'Use a day and a time such as Mon 07:00 Europe/Berlin, or a time such as 07:00.',
  email: 'Use an address such as operators@example.com.',
}

/** The keys that the schema has at a path. */
function keysAt(path: readonly string[]): string[] {
  let schema: unknown = MONITORING_SCHEMA
  for (const name of path) schema = (schema as { properties?: Record<string, unknown> } | undefined)?.properties?.[name]
  return Object.keys((schema as { properties?: object } | undefined)?.properties ?? {})
}

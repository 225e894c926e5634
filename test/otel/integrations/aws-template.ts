import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export const FOLDER = join(import.meta.dirname, '../../../otel/aws')

interface Resource {
  readonly Type: string
  // biome-ignore lint/suspicious/noExplicitAny: each type of resource has properties of its own
  readonly Properties: any
}

export interface MetricFilter {
  readonly pattern: string
  readonly name: string
  /** A number, or a field of the line such as `$.took_ms`. */
  readonly value: string
  readonly unit: string
  /** Names of dimensions with their field, such as `$.route`. */
  readonly dimensions: readonly { readonly Key: string; readonly Value: string }[]
}

const { Resources: resources } = parse(readFileSync(join(FOLDER, 'template.yaml'), 'utf8')) as {
  readonly Resources: Readonly<Record<string, Resource>>
}

/** Returns the properties of all resources of a type, such as `CloudWatch::Alarm`. */
export function resourcesOf(type: string): readonly Resource['Properties'][] {
  return Object.values(resources).flatMap(({ Type, Properties }) => (Type === `AWS::${type}` ? [Properties] : []))
}

export const FILTERS: readonly MetricFilter[] = resourcesOf('Logs::MetricFilter').map(
  ({ FilterPattern: pattern, MetricTransformations: [{ MetricName, MetricValue, Unit, Dimensions = [] }] }) => ({
    pattern,
    name: MetricName,
    value: String(MetricValue),
    unit: Unit,
    dimensions: Dimensions,
  }),
)

/** The value of a property: a literal, or `Fn::Sub` with the name of the log group and a region. */
export function fillIn(property: string | { readonly 'Fn::Sub': string }): string {
  const text = typeof property === 'string' ? property : property['Fn::Sub']
  return text.replaceAll(/\$\{(LogGroup|AWS::Region)\}/g, (_all, name) =>
    name === 'LogGroup' ? '/pellucid/chatbot' : 'eu-central-1',
  )
}

/**
 * Evaluates a filter pattern of CloudWatch: comparisons of fields and `IS FALSE`, joined by `&&` or
 * `||`.
 */
export function matchesPattern(pattern: string, line: Readonly<Record<string, unknown>>): boolean {
  const compare = (text: string) => {
    const [, flag] = /^\s*\$\.(\w+) IS FALSE\s*$/.exec(text) ?? []
    if (flag !== undefined) return line[flag] === false
    const [, field = '', operator, literal = ''] = /^\s*\$\.(\w+) (=|!=|>=|<) (.+?)\s*$/.exec(text) ?? []
    const [found, wanted] = [line[field], JSON.parse(literal) as string | number]
    if (found === undefined) return false
    if (operator === '=') return found === wanted
    if (operator === '!=') return found !== wanted
    return operator === '<' ? Number(found) < Number(wanted) : Number(found) >= Number(wanted)
  }
  const inner = /^\{ (.+) \}$/.exec(pattern)?.[1] ?? ''
  return inner.split('||').some(part => part.split('&&').every(compare))
}

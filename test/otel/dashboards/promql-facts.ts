import { parser } from '@prometheus-io/lezer-promql'

type SyntaxNode = ReturnType<typeof parser.parse>['topNode']

/** A metric in a query, and the operations on it. */
export interface Selector {
  readonly metric: string
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[]
  /** Functions around it, innermost first. */
  readonly functions: readonly string[]
  /** Labels that the aggregations around it keep, innermost first. */
  readonly groupings: readonly (readonly string[])[]
}

/**
 * Parses a PromQL query without Grafana variables.
 * @throws {SyntaxError} if the query is invalid.
 */
export function selectorsOf(query: string): Selector[] {
  const selectors: Selector[] = []
  parser.parse(query).iterate({
    enter({ name, node }) {
      if (node.type.isError) throw new SyntaxError(`${query}\n${' '.repeat(node.from)}^ is not PromQL`)
      if (name === 'VectorSelector') selectors.push(readSelector(node, query))
    },
  })
  return selectors
}

function readSelector(node: SyntaxNode, query: string): Selector {
  const text = (part: SyntaxNode | null) => (part === null ? '' : query.slice(part.from, part.to))
  const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []
  const around = ancestorsOf(node)
  return {
    metric: text(node.getChild('Identifier')),
    matchers: matchers.map(matcher => ({
      label: text(matcher.getChild('LabelName')),
      operator: text(matcher.getChild('MatchOp')),
      value: JSON.parse(text(matcher.getChild('StringLiteral'))),
    })),
    functions: around.filter(({ name }) => name === 'FunctionCall').map(call => text(call.getChild('FunctionIdentifier'))),
    groupings: around
      .filter(({ name }) => name === 'AggregateExpr')
      .map(aggregation => aggregation.getChild('AggregateModifier')?.getChild('GroupingLabels')?.getChildren('LabelName') ?? [])
      .map(labels => labels.map(text)),
  }
}

function ancestorsOf(node: SyntaxNode): SyntaxNode[] {
  return node.parent === null ? [] : [node.parent, ...ancestorsOf(node.parent)]
}

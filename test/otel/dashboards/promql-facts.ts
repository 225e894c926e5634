import { parser } from '@prometheus-io/lezer-promql'

type SyntaxNode = ReturnType<typeof parser.parse>['topNode']

/** One metric that a query reads, and what is done to it. */
export interface Selector {
  readonly metric: string
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[]
  /** The functions that it goes through, the innermost first. */
  readonly functions: readonly string[]
  /** Labels that the aggregations around it keep, the innermost first. */
  readonly groupings: readonly (readonly string[])[]
}

/**
 * Reads a query of PromQL, in which Grafana's variables have been replaced.
 * @throws {SyntaxError} where it is none.
 */
export function selectorsOf(query: string): Selector[] {
  const selectors: Selector[] = []
  parser.parse(query).iterate({
    enter({ name, node }) {
      if (node.type.isError) throw new SyntaxError(`${query}\n${' '.repeat(node.from)}^ is no PromQL`)
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

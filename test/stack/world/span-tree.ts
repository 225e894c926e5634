import type { Span } from './received.ts'

/** The trace of a question in a session that was open. */
export const QUESTION_TREE: readonly string[] = [
  'POST /chat SERVER',
  '  invoke_agent pellucid INTERNAL',
  '    queue INTERNAL',
  '    session resume INTERNAL',
  '      SELECT sessions CLIENT',
  '    parse INTERNAL',
  '    retrieval documents INTERNAL',
  '      SELECT passages CLIENT',
  '    answer INTERNAL',
  '    store INTERNAL',
  '      INSERT turns CLIENT',
]

/** A trace as indented lines of name and kind, children in the order in which they began; what has no parent among the spans comes first. */
export function drawTree(spans: readonly Span[]): readonly string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const draw = (parent: string | undefined, depth: number): string[] =>
    spans
      .filter(({ parentSpanId }) =>
        parent === undefined ? parentSpanId === undefined || !ids.has(parentSpanId) : parentSpanId === parent,
      )
      .toSorted((a, b) => Number(a.startNano - b.startNano))
      .flatMap(span => [`${'  '.repeat(depth)}${span.name} ${span.kind}`, ...draw(span.spanId, depth + 1)])
  return draw(undefined, 0)
}

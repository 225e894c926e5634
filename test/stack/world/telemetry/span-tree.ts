import type { Span } from './received.ts'

/** Trace of a question in an open session. */
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

/** Formats a trace as indented lines of name and kind, children by start time, roots first. */
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

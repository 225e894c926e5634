import { propagation, trace } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import t from 'tap'
import { readCallerContext } from '../../otel/tracing/caller-context.ts'
import { setSpanRules } from '../../otel/tracing/span-rules.ts'
import { createRedactor } from '../../src/logging/redaction/redactor.ts'
import { seededRandom } from '../worlds/seeded-random.ts'

propagation.setGlobalPropagator(new W3CTraceContextPropagator())
t.teardown(setSpanRules({ redactText: createRedactor().text }))

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const SPAN_ID = 'b7ad6b7169203331'

function readCaller(traceId: string, spanId: string, tracestate = '') {
  return trace.getSpanContext(readCallerContext({ traceparent: `00-${traceId}-${spanId}-01`, tracestate }))
}

t.test('the trace of a caller is continued without its tracestate', async t => {
  for (const state of ['rojo=00f067aa0ba902b7', 'v=Ada Lovelace', 'v=ada%40example.com']) {
    t.match(readCaller(TRACE_ID, SPAN_ID, state), { traceId: TRACE_ID, spanId: SPAN_ID, isRemote: true })
    t.equal(readCaller(TRACE_ID, SPAN_ID, state)?.traceState, undefined)
  }
})

t.test('ids of a caller that hold a card or phone number start a new trace', async t => {
  const ids = [
    [TRACE_ID, '4111111111111111'],
    ['00000000000000004111111111111111', SPAN_ID],
    ['41111111111111110000000000000000', SPAN_ID],
    ['4111111111111111abcdefabcdefabcd', SPAN_ID],
  ] as const
  for (const [traceId, spanId] of ids) t.equal(readCaller(traceId, spanId), undefined, `${traceId}-${spanId}`)
})

t.test('random ids of callers are continued', async t => {
  const random = seededRandom(1)
  const hex = (length: number) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
  const lost = Array.from({ length: 20_000 }, () => readCaller(hex(32), hex(16))).filter(caller => caller === undefined)
  t.ok(lost.length <= 20, `${lost.length} of 20,000 lost`)
})

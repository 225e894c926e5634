import { propagation, trace } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import t from 'tap'
import { readCallerContext } from '../../otel/tracing/caller-context.ts'
import { setSpanRules } from '../../otel/tracing/span-rules.ts'
import { createRedactor } from '../../src/logging/redaction/redactor.ts'

propagation.setGlobalPropagator(new W3CTraceContextPropagator())
t.teardown(setSpanRules({ redactText: createRedactor().text }))

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'

function readCaller(tracestate: string) {
  return trace.getSpanContext(readCallerContext({ traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01`, tracestate }))
}

t.test('a tracestate without personal data is continued', async t => {
  const states = [
    'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE',
    'dd=s:2;o:rum;t.dm:-4,ot=th:8;rv:9b8233f7e3a151',
    '33@nr=0-0-33-2827902-7d3efb1b173fecfa-e8b91a159289ff74-1-1.23456-1518469636035',
  ]
  for (const state of states) t.equal(readCaller(state)?.traceState?.serialize(), state)
})

t.test('a tracestate that redaction changes is dropped, and the trace continues', async t => {
  const states = [
    'v=my_pan_card_LWOCS4342A',
    'rojo=00f067aa0ba902b7,v=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2ln',
    'v=ada%40example.com',
    'v=ada%2540example.com',
    'v=4111_1111_1111_1111',
  ]
  for (const state of states) {
    t.match(readCaller(state), { traceId: TRACE_ID, isRemote: true }, state)
    t.equal(readCaller(state)?.traceState?.serialize() ?? '', '', state)
  }
})

t.test('a tracestate of more than 512 characters keeps the members that fit', async t => {
  const [first, second] = [`a=${'x'.repeat(254)}`, `b=${'y'.repeat(254)}`]
  t.equal(readCaller(`${first},${second}`)?.traceState?.serialize(), first)
})

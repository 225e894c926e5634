import fc from 'fast-check'
import t from 'tap'
import { fromWire, toWire, type Unwired, type Wire } from '../../../../plugins/routes/replies/wire-names.ts'

interface Inside {
  readonly sessionId: string
  readonly timingsMs: readonly { readonly queueWaitMs: number }[]
  readonly next: number | null
  readonly url?: string
}

const camelName = fc.stringMatching(/^[a-z][a-z0-9]{0,4}([A-Z][a-z0-9]{1,4}){0,3}$/)

t.test('toWire converts names to snake_case at any depth, in the type too', async t => {
  const inside: Inside = { sessionId: 'a', timingsMs: [{ queueWaitMs: 1 }], next: null }
  const wire: Wire<Inside> = { session_id: 'a', timings_ms: [{ queue_wait_ms: 1 }], next: null }
  t.same(toWire(inside), wire)
})

t.test('fromWire converts names to camelCase at the top level, in the type too', async t => {
  const body: Unwired<{ session_id: string; is_verbose?: boolean }> = { sessionId: 'a', isVerbose: true }
  t.same(fromWire({ session_id: 'a', is_verbose: true }), body)
})

t.test('fromWire reverses toWire', async t => {
  fc.assert(
    fc.property(fc.dictionary(camelName, fc.jsonValue()), flat => {
      const names = Object.keys(fromWire(toWire(flat)))
      t.same(names, Object.keys(flat))
    }),
    { numRuns: 50 },
  )
})

t.test('values are unchanged: strings, numbers, null, and arrays of them', async t => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.double(), fc.constant(null), fc.boolean())), values => {
      t.same(toWire({ someValues: values }), { some_values: values })
    }),
    { numRuns: 50 },
  )
})

t.test('names such as __proto__ are converted like any other', async t => {
  const hostile = JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": 1}')
  t.same(Object.keys(toWire(hostile)), ['__proto__', 'constructor'])
  t.equal(({} as { is_admin?: boolean }).is_admin, undefined)
  t.equal(Object.getPrototypeOf(toWire(hostile)), Object.prototype)
})

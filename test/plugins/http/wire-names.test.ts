import fc from 'fast-check'
import t from 'tap'
import { fromWire, toWire, type Unwired, type Wire } from '../../../plugins/http/wire-names.ts'

interface Inside {
  readonly sessionId: string
  readonly timingsMs: readonly { readonly queueWaitMs: number }[]
  readonly next: number | null
  readonly url?: string
}

const camelName = fc.stringMatching(/^[a-z][a-z0-9]{0,4}([A-Z][a-z0-9]{1,4}){0,3}$/)

t.test('names leave in snake_case at any depth, and the types say so', async t => {
  const inside: Inside = { sessionId: 'a', timingsMs: [{ queueWaitMs: 1 }], next: null }
  const wire: Wire<Inside> = { session_id: 'a', timings_ms: [{ queue_wait_ms: 1 }], next: null }
  t.same(toWire(inside), wire)
})

t.test('names come in as camelCase at the top, and the types say so', async t => {
  const body: Unwired<{ session_id: string; is_verbose?: boolean }> = { sessionId: 'a', isVerbose: true }
  t.same(fromWire({ session_id: 'a', is_verbose: true }), body)
})

t.test('what goes out comes back the same', async t => {
  fc.assert(
    fc.property(fc.dictionary(camelName, fc.jsonValue()), flat => {
      const names = Object.keys(fromWire(toWire(flat)))
      t.same(names, Object.keys(flat))
    }),
    { numRuns: 50 },
  )
})

t.test('values are left alone: texts, numbers, null, and lists of them', async t => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.double(), fc.constant(null), fc.boolean())), values => {
      t.same(toWire({ someValues: values }), { some_values: values })
    }),
    { numRuns: 50 },
  )
})

t.test('a name that means something to the language is a name like any other', async t => {
  const hostile = JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": 1}')
  t.same(Object.keys(toWire(hostile)), ['__proto__', 'constructor'])
  t.equal(({} as { is_admin?: boolean }).is_admin, undefined)
  t.equal(Object.getPrototypeOf(toWire(hostile)), Object.prototype)
})

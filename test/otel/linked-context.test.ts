import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Context, createContextKey } from '@opentelemetry/api'
import t from 'tap'
import { EMPTY_CONTEXT } from '../../otel/tracing/linked-context.ts'
import { until } from '../worlds/until.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const KEYS = [createContextKey('span'), createContextKey('baggage'), createContextKey('absent')] as const
const [SPAN, BAGGAGE, ABSENT] = KEYS

t.test('a replaced value is released, whichever key was set last', async t => {
  const values: WeakRef<object>[] = []
  let context: Context = EMPTY_CONTEXT
  const set = (key: symbol) => {
    const value = {}
    values.push(new WeakRef(value))
    context = context.setValue(key, value)
  }
  for (let i = 0; i < 10; i++) for (const key of [SPAN, BAGGAGE]) set(key)
  const alive = () => values.filter(value => value.deref() !== undefined).length
  await until(() => {
    collectGarbage()
    return alive() <= 2
  })
  t.equal(context.getValue(SPAN), values.at(-2)?.deref())
  t.equal(context.getValue(BAGGAGE), values.at(-1)?.deref())
})

t.test('setting or deleting a value changes neither the other values nor the original', async t => {
  const read = (context: Context) => KEYS.map(key => context.getValue(key))
  const original = EMPTY_CONTEXT.setValue(SPAN, 1).setValue(BAGGAGE, 2)
  t.same(read(original.setValue(SPAN, 3)), [3, 2, undefined])
  t.same(read(original.setValue(BAGGAGE, 3)), [1, 3, undefined])
  t.same(read(original.setValue(ABSENT, 3)), [1, 2, 3])
  t.same(read(original.deleteValue(SPAN)), [undefined, 2, undefined])
  t.same(read(original), [1, 2, undefined])
})

import t from 'tap'
import { freeMemory } from '../../../src/base/free-memory.ts'

t.test('bytes with memory of their own are freed', async t => {
  const bytes = Buffer.allocUnsafeSlow(100_000)
  freeMemory(bytes)
  t.equal(bytes.byteLength, 0)
})

t.test('bytes that share their memory stay', async t => {
  const whole = new Uint8Array(100_000).fill(7)
  const part = whole.subarray(1)
  freeMemory(part)
  t.equal(part.length, 99_999)
  t.equal(whole[99_999], 7)
  const shared = new Uint8Array(new SharedArrayBuffer(10))
  freeMemory(shared)
  t.equal(shared.length, 10)
})

import { PassThrough, Readable } from 'node:stream'
import t from 'tap'
import { gatherBody } from '../../../plugins/http/connections/gathered-body.ts'

t.test('the pieces of a body become one buffer, and their own memory is freed', async t => {
  const text = 'abc'.repeat(40_000)
  const pieces = [text.slice(0, 70_000), text.slice(70_000)]
    .map(part => new TextEncoder().encode(part))
    .map(({ buffer }) => Buffer.from(buffer))
  const gathered: Buffer[] = await gatherBody(Readable.from(pieces), text.length).toArray()
  t.equal(gathered.length, 1)
  t.equal(gathered[0]?.toString(), text)
  t.ok(pieces.every(({ length }) => length === 0))
})

t.test('a body that ends early is emitted as it is', async t => {
  const gathered: Buffer[] = await gatherBody(Readable.from([Buffer.from('abc')]), 100_000).toArray()
  t.equal(Buffer.concat(gathered).toString(), 'abc')
})

t.test('an error of the body is one of the result', async t => {
  const body = new PassThrough()
  const gathered = gatherBody(body, 100_000)
  body.write('a')
  body.destroy(new Error('the client has left'))
  await t.rejects(gathered.toArray(), { message: 'the client has left' })
})

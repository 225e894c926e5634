import { randomBytes } from 'node:crypto'
import t from 'tap'
import { createTurnIds } from '../../../src/chat/turn-ids.ts'

t.test('turn ids are different, of 24 characters, and made of random bytes that no other id has', async t => {
  const drawn: Buffer[] = []
  const createTurnId = createTurnIds(count => drawn[drawn.push(randomBytes(count)) - 1]!)
  const ids = Array.from({ length: 1000 }, createTurnId)
  t.equal(new Set(ids).size, 1000)
  t.same(
    ids.filter(id => !/^[\w-]{24}$/.test(id)),
    [],
  )
  t.equal(
    ids.join(''),
    Buffer.concat(drawn)
      .toString('base64url')
      .slice(0, ids.length * 24),
  )
  t.ok(drawn.length < 20, 'the bytes of many ids are drawn at once')
})

import { randomBytes, randomUUID } from 'node:crypto'
import t from 'tap'
import { readRequestId } from '../../../../src/logging/redaction/request-id.ts'
import { makeSessionId } from '../../../../src/text/ids/session-ids.ts'
import { makeCanaries } from '../../../canaries/canary-kinds.ts'
import { createSearch } from '../../../canaries/search.ts'

t.test('usual ids of a caller are kept', async t => {
  const made = Array.from({ length: 500 }, () => [randomUUID(), randomBytes(16).toString('hex')]).flat()
  const given = ['mine-1', 'req_01HZX3V5W8K2Q4', '1-67891233-abcdef012345678912345678', 'Root:1.2', '2026.11.23-7', ...made]
  for (const id of given) if (readRequestId(id) !== id) t.fail(id)
})

t.test('an IBAN of hexadecimal digits and the id of a session are no request ids', async t => {
  for (const id of ['DE44500105175407324931', 'be68539007547034', 'AD1200012030200359100100', makeSessionId(randomBytes)])
    t.match(readRequestId(id), /^[\da-f]{8}-/, id)
})

t.test('the id of a session after other characters is no request id', async t => {
  const id = 'Zk3vQ9xT7bLmW2pRfY8dAh'
  const session = makeSessionId(() => Buffer.from(`${id}AA`, 'base64url'))
  t.ok(session.startsWith(id))
  for (const before of ['req', 'x', 'id', 'session.s']) t.match(readRequestId(before + session), /^[\da-f]{8}-/, before)
})

t.test('an id that is malformed or holds a secret is replaced', async t => {
  for (const id of [undefined, '', 'a b', ['a', 'b'], 'x'.repeat(129)]) t.match(readRequestId(id), /^[\da-f-]{36}$/)
  const canaries = makeCanaries()
  const search = createSearch(canaries)
  for (const canary of canaries) {
    for (const id of [canary.text, `my_${canary.text}`, canary.text.replaceAll(' ', '_')])
      t.same(search(readRequestId(id))(canary), [], `${canary.kind}, ${canary.form}: ${id}`)
  }
})

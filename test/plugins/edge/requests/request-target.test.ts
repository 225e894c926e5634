import t from 'tap'
import { describeTarget } from '../../../../plugins/edge/requests/request-target.ts'
import { createRedactor } from '../../../../src/logging/redaction/redactor.ts'
import { readLabelled } from '../../../redaction-score.ts'

const describe = (url: string) => describeTarget(url, createRedactor())

t.test('a target without secrets is logged as received, cut to 200 characters', async t => {
  t.same(describe('/wp-admin/setup.php?step=1&lang=en'), { path: '/wp-admin/setup.php', query: 'step=1&lang=en' })
  t.same(describe('/caf%C3%A9'), { path: '/caf%C3%A9' })
  t.same(describe('/?'), { path: '/' })
  const { path, query = '' } = describe(`/${'a/'.repeat(5000)}?${'b=1&'.repeat(5000)}`)
  t.same([path.length, query.length], [200, 200])
})

t.test('a segment or parameter with a secret is hidden, in any encoding', async t => {
  t.same(describe('/users/jane.doe@example.com/edit'), { path: '/users/[redacted]/edit' })
  t.same(describe('/users/jane.doe%2540example.com/edit'), { path: '/users/[redacted]/edit' })
  t.same(describe('/users/jane.doe%40example.com%FF/edit'), { path: '/users/[redacted]/edit' })
  t.same(describe('/pay?card=4111%201111+1111%201111&step=2'), { path: '/pay', query: '[redacted]&step=2' })
  t.same(describe('/login?user=jane&user[password]=hunter22'), { path: '/login', query: 'user=jane&[redacted]' })
  t.same(describe('/login?password=hunter%20and%20two&a=b'), { path: '/login', query: '[redacted]&a=b' })
})

t.test('a secret that spans several segments, or the cut, hides the whole path', async t => {
  t.same(describe('/4111-/1111-/1111-/1111'), { path: '[redacted]' })
  t.notMatch(describe(`/${'a'.repeat(180)}/jane.doe@example.${'x'.repeat(60)}.com`).path, /jane/)
  t.notMatch(describe(`/${'a'.repeat(190)}%20jane.doe@example.com`).path, /jane/)
})

t.test('a value that the redactor removes from a text shows in no path or query with that text', async t => {
  const { text: redact } = createRedactor()
  const removed = readLabelled().filter(({ text, value }) => value !== undefined && !redact(text).includes(value))
  t.ok(removed.length > 1000)
  const twice = (text: string) => encodeURIComponent(encodeURIComponent(text))
  const shown = removed.filter(({ text, value = '' }) =>
    [encodeURI, encodeURIComponent, twice].some(encode => {
      const logged = JSON.stringify(describe(`/a/${encode(text).replaceAll('?', '%3F')}?q=${encode(text)}`))
      return logged.includes(value) || logged.includes(encode(value))
    }),
  )
  t.same(shown, [])
})

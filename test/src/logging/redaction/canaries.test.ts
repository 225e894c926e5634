import t from 'tap'
import { createRedactor } from '../../../../src/logging/redaction/redactor.ts'
import { makeCanaries } from '../../../canaries/canary-kinds.ts'
import { createSearch } from '../../../canaries/search.ts'

const { text: redact } = createRedactor()

t.test('every kind of secret is redacted, whole, in a sentence and in every encoding', async t => {
  const canaries = makeCanaries()
  t.ok(canaries.length > 500, `${canaries.length} canaries`)
  const search = createSearch(canaries)
  for (const canary of canaries) {
    const redacted = redact(canary.text)
    t.same(search(redacted)(canary), [], `${canary.kind}, ${canary.form}: ${canary.text} → ${redacted}`)
  }
})

t.test('the search finds a secret in a text, plain and in the encoding of its canary, and says where', async t => {
  const canaries = makeCanaries()
  const search = createSearch(canaries)
  for (const canary of canaries) t.ok(search(`before ${canary.text} after`)(canary).length > 0, `${canary.kind}, ${canary.form}`)
  const card = canaries.find(({ kind }) => kind === 'card of dashes')!
  t.same(search('pay 5500')(card), [{ fragment: '5500', at: 4 }])
  t.same(search('a5500, 5500-a, 0.5500')(card), [])
})

t.test('named references of HTML are decoded', async t => {
  for (const text of [
    'ada&commat;canary&period;org',
    '4111&nbsp;1111&nbsp;1111&nbsp;1111',
    '4111&hyphen;1111&hyphen;1111&hyphen;1111',
    '&plus;49 151 23456789',
  ])
    t.match(redact(`see ${text} there`), /^see \[(?:email|card|phone)\] there$/, text)
})

t.test('what only resembles a secret is kept', async t => {
  const texts = [
    'How do I change my password to something stronger?',
    'My password is not accepted, and my pin was rejected',
    'the password is case sensitive',
    'a password is 12 characters long',
    'set the password to null',
    'reset the password in 3 steps',
    'commit e83c5163316f89bfbde7d9ab23ca2e25604af290',
    'sha256:9f1003c480699be56815db0f8146ad2e22efea85129b5b5983d0e0fb52d9ab70',
    'docker-pullable://busybox@sha256:9f1003c480699be56815db0f8146ad2e22efea85129b5b5983d0e0fb52d9ab70'.slice(25),
    'transaction 0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318',
    'token 550e8400-e29b-41d4-a716-446655440000',
    'connect pin 13 to GND',
    'docker run -u 1000:1000 image',
    'use the --password option of curl',
    'https://example.com/a%20b?x=1&y=2',
    'https://team.slack.com/archives/CHZLJBWCV/p1559759830000500',
    'what do %20, \\u0020 and &#39; mean?',
    '.. _`@pytest.fixture`:',
    'src/knowledge/ingest/reading/ReadingPool2.ts',
    'order 4000_0000_0000_0000',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
    'integrity: sha512-3Tk0YQ',
    'VGhpcyB0ZXh0IGhvbGRzIG5vdGhpbmcgc2VjcmV0IGF0IGFsbA==',
  ]
  for (const text of texts) t.equal(redact(text), text)
})

import t from 'tap'
import { createOutcomePolicy, type Outcome } from '../../../otel/azure/outcome-policy.ts'

function createWorld() {
  const outcome: Outcome = { failure: undefined }
  const requests = createOutcomePolicy(() => outcome)
  const request = { timeout: 0 }
  const answer = (status: number, bodyAsText: string, headers: Readonly<Record<string, string>> = {}) =>
    requests.policy.sendRequest(request, async () => ({ status, bodyAsText, headers: { get: (name: string) => headers[name] } }))
  return { ...requests, request, outcome, answer }
}

t.test('an answer that accepts everything is no failure, and one that refuses a part is', async t => {
  const { answer, outcome, request, lastFailure } = createWorld()
  await answer(200, '{"itemsReceived":2,"itemsAccepted":2,"errors":[]}')
  t.same([outcome.failure, lastFailure()], [undefined, undefined])
  t.equal(request.timeout, 8000, 'a request has a time limit')
  await answer(206, '{"itemsReceived":2,"itemsAccepted":1,"errors":[{"index":1,"statusCode":400,"message":"too old"}]}')
  t.equal(outcome.failure, 'status 206, 1 of 2 items accepted: too old')
  await answer(502, '<html>')
  t.equal(lastFailure(), 'status 502')
})

t.test('while Azure asks to wait, nothing is sent', async t => {
  const { answer, outcome, pause } = createWorld()
  await answer(503, '{}', { 'retry-after': '1' })
  t.equal(pause(), undefined, 'a short wait is left to the retries')
  await t.rejects(answer(429, '{}', { 'retry-after': '60' }), { message: 'status 429' })
  t.equal(outcome.failure, 'status 429')
  t.match(pause(), /^Azure asked to wait until .*Z \(status 429\)$/)
})

t.test('an error of the connection is the failure, and is passed on', async t => {
  const { policy, outcome, lastFailure } = createWorld()
  const failing = policy.sendRequest({ timeout: 0 }, () => Promise.reject(new Error('connect ECONNREFUSED')))
  await t.rejects(failing, { message: 'connect ECONNREFUSED' })
  t.same([outcome.failure, lastFailure()], ['connect ECONNREFUSED', 'connect ECONNREFUSED'])
})

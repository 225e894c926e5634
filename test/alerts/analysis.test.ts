import t from 'tap'
import { until } from '../worlds/until.ts'
import { askAdmin, openAlertWorld } from './alert-world.ts'

t.test('routes and commands analyse what a running server has logged and stored', async t => {
  const { start, run } = await openAlertWorld(t, '', '', { DIAGNOSTIC_ROUTES: 'true' })
  const server = await start()
  const post = async (path: string, body: object) =>
    (await fetch(`${server.address}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })) as Response
  await fetch(`${server.address}/cause-error`)
  const reply = await post('/chat', { message: 'Who won the zorgblat cup? Ask jane@example.com' })
  const { turn_id: turn } = (await reply.json()) as { turn_id: string }
  await post(`/turns/${turn}/feedback`, { correct: false, comment: 'mail me: joe@example.com' })
  await until(() => server.logLines().filter(({ function: name }) => name === 'end_request').length >= 3)

  const analyse = async (path: string) => askAdmin(server, `/admin/analysis/${path}`)
  t.match(await analyse('errors?since=1h'), {
    status: 200,
    body: { name: 'errors', total: 1, kinds: [{ code: 'DIAGNOSTIC_ERROR', trend: 'new' }] },
  })
  t.match(JSON.stringify((await analyse('performance')).body), /"route":"POST \/chat","count":1/)
  const usage = (await analyse('usage')).body
  t.match(usage, { turns: 1, unanswered: [{ count: 1 }] })
  t.notMatch(JSON.stringify(usage), /Who won/, 'no text of users')
  t.match((await analyse('capacity')).body, { resources: [{ resource: 'Memory' }] })
  await until(async () => {
    const { body } = await analyse('health')
    const { checks = [], objectives = [] } = body as { checks?: { ok: boolean }[]; objectives?: { achieved?: number }[] }
    // The failed request is in the metrics as soon as two readings lie around it.
    return checks.length === 9 && checks.every(({ ok }) => ok) && objectives[0]?.achieved !== undefined
  })
  t.match(
    (await run('analyse', 'health')).out,
    /of the requests without a fault of the server[\s\S]*Checks:\n {2}ok +\w+: always passed/,
  )
  t.match((await analyse('security')).body, { events: 0 })
  t.equal((await analyse('nonsense')).status, 400)
  t.equal((await analyse('errors?since=soon')).status, 400)
  const both = await Promise.all([analyse('errors'), analyse('errors')])
  t.same(both.map(({ status }) => status).toSorted(), [200, 503])

  t.match((await run('analyse', 'errors')).out, /NEW \w+ DIAGNOSTIC_ERROR: 1 ×/)
  t.match((await run('analyse', 'usage', '--json')).out, /"turns":1/)
  t.match((await run('unanswered')).out, /1 questions without an answer[\s\S]*Who won the zorgblat cup\? Ask \[email\]/)
  t.match((await run('feedback', 'list')).out, /Who won the zorgblat cup\? Ask \[email\][\s\S]*comment: mail me: \[email\]/)
  t.match((await run('audit', 'show')).out, /analysis_read.*name=errors/)
})

import t, { type Test } from 'tap'
import { buildAppWorld, TEA } from '../../worlds/app-world.ts'

/** Fields of a log line that differ from run to run. */
const VARIABLE = /^(time|pid|hostname|request_id|turn_id|session_id|trace_id|span_id|took_ms|store_took_ms|.*_ms)$/

/** What a server with this many workers replies and logs. */
async function talk(t: Test, workers: string) {
  const { call, chat, lines } = await buildAppWorld(t, { ANSWER_WORKERS: workers })
  await call('PUT', '/documents/tea', TEA)
  const from = lines.length
  const { body: first } = await chat('How is green tea brewed?')
  const session = { session_id: first.session_id }
  await chat('/verbose on', session)
  const replies = [first]
  for (const message of ['and black tea?', 'zyzzyva quokka?', 'how is green tea brewed and how long?', '/search "black tea"'])
    replies.push((await chat(message, session)).body)
  const why = (await chat('/why', session)).body.response as string
  const found = (await call('GET', '/search?q=boilling&limit=1')).body
  const logged = lines
    .slice(from)
    .filter(({ module }) => ['chat', 'search_engine', 'database_manager'].includes(String(module)))
    .filter(({ request_id }) => request_id !== undefined)
    .map(line => Object.fromEntries(Object.entries(line).filter(([name]) => !VARIABLE.test(name))))
  return {
    replies: replies.map(({ session_id, turn_id, trace_id, timings_ms, ...reply }) => reply),
    why: why.replace(/^(Times|Turn|Trace).*$/gm, ''),
    found: { ...found, took_ms: 0 },
    logged: logged.filter(({ msg, response_text }) => msg !== 'Bot response sent' || !String(response_text).includes('Times:')),
  }
}

t.test('with workers and without, replies, explanations and log lines are the same', async t => {
  const [without, pooled] = [await talk(t, '0'), await talk(t, '2')]
  t.same(pooled.replies, without.replies)
  t.equal(pooled.why, without.why)
  t.same(pooled.found, without.found)
  // Workers remember passages of their own: a read may be one of the revision only, or of passages.
  const merge = (line: object) => ({ ...line, operation: 'operation' in line ? 'any' : undefined })
  t.same(pooled.logged.map(merge), without.logged.map(merge))
})

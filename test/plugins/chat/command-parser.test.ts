import t from 'tap'
import { buildAppWorld } from '../../worlds/app-world.ts'

const SECRET = 'xyzzy'

t.test('the log has the name of a command and the number of its arguments, but no argument', async t => {
  const { chat, lines } = await buildAppWorld(t, { LOG_MESSAGE_CONTENT: 'off' })
  for (const message of [
    `/search ${SECRET} "${SECRET} two"`,
    `/history ${SECRET}`,
    `/feedback good ${SECRET}`,
    `/verbose ${SECRET}`,
    `/search --${SECRET}=${SECRET}`,
    `/search '${SECRET}`,
    `/${SECRET} is my password`,
    `//${SECRET}`,
  ])
    t.equal((await chat(message)).status, 200, message)
  const logged = lines.filter(line => line.module === 'command_parser')
  t.match(
    logged.filter(line => line.function === 'parse_command').map(line => line.command),
    ['search', 'feedback'],
  )
  for (const line of logged.filter(line => line.function === 'validate_command'))
    t.match(line, { problem: String, argument_count: Number })
  t.ok(logged.some(line => line.problem === 'unknown_command'))
  t.notMatch(JSON.stringify(lines), SECRET)
})

t.test('a mistyped command gets a reply, not an error', async t => {
  const { chat } = await buildAppWorld(t)
  t.match((await chat('/histroy')).body, { kind: 'command', response: /Did you mean \/history\?/, suggestions: ['/history'] })
})

t.test('/status shows the state of the service', async t => {
  const { call, chat } = await buildAppWorld(t)
  await call('PUT', '/documents/tea', { text: '# Tea\n\nHot.', format: 'markdown' })
  t.match((await chat('/status')).body.response, /0\.0\.0-test[\s\S]*ok/)
})

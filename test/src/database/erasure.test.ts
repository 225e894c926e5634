import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { say, startServer } from '../../worlds/server-world.ts'
import { until } from '../../worlds/until.ts'

const QUIET = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', ANSWER_WORKERS: '1' }
const SECRET = 'Nachtigall-4711'

/** Another process that reads the database in a transaction until `end`. */
async function holdReading(t: Test, dataDir: string): Promise<{ end(): Promise<void> }> {
  const program = join(import.meta.dirname, 'hold-reading.ts')
  const child: ChildProcess = spawn(process.execPath, [program, join(dataDir, 'pellucid.sqlite')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout!, 'data')
  return {
    async end() {
      const exited = once(child, 'exit')
      child.stdin?.end()
      await exited
    },
  }
}

/** The files of a folder that contain a text. */
function filesWith(folder: string, text: string): readonly string[] {
  return readdirSync(folder).filter(file => readFileSync(join(folder, file)).includes(text))
}

async function erasuresOf(address: string): Promise<{ readonly detail: string; readonly pending: number }> {
  const { checks } = (await (await fetch(`${address}/health/ready`)).json()) as { checks: { database: { detail: string } } }
  const metrics = await (await fetch(`${address}/metrics`)).text()
  return { detail: checks.database.detail, pending: Number(/^chatbot_pending_erasures (\d+)/m.exec(metrics)?.[1]) }
}

const erase = (address: string, session: string) => fetch(`${address}/sessions/${session}`, { method: 'DELETE' })

t.test(
  'DELETE and /forget say whether the text has left the files, and erase it as soon as another process stops reading',
  async t => {
    const { address, dataDir, stop } = await startServer(t, QUIET)
    const told = [0, 1, 2].map(i =>
      say(address, `${'Please remember. '.repeat(40 * i)} my name is ${SECRET}`, {}, { 'idempotency-key': `${i}` }),
    )
    const [first, second, third] = (await Promise.all(told)).map(({ body }) => body.session_id as string)
    t.not(filesWith(dataDir, SECRET).length, 0)
    const reader = await holdReading(t, dataDir)

    t.match(await erase(address, first!), { status: 202 })
    const forgotten = await say(address, '/forget', { session_id: second })
    t.match(forgotten.body.response, /deleted \(messages: 1\)\. Another program is reading/)
    t.match(await erasuresOf(address), { detail: /erasures pending: 2/, pending: 2 })
    // Nothing waits for the reader.
    t.equal((await say(address, 'hello', { session_id: second })).status, 200)
    t.not(filesWith(dataDir, SECRET).length, 0)

    await reader.end()
    await until(async () => (await erasuresOf(address)).pending === 0)
    t.match(await erase(address, third!), { status: 204 })
    t.same(filesWith(dataDir, SECRET), [])
    t.equal(await stop(), 0)
    t.same(filesWith(dataDir, SECRET), [])
  },
)

t.test('an erasure that was pending when the server was killed is finished by the next one', async t => {
  const server = await startServer(t, QUIET)
  const { body } = await say(server.address, `my name is ${SECRET}`)
  const reader = await holdReading(t, server.dataDir)
  t.equal((await erase(server.address, body.session_id)).status, 202)
  await server.stop('SIGKILL')
  const { address, dataDir } = await startServer(t, QUIET, server)
  t.match(await erasuresOf(address), { detail: /erasures pending: 1/, pending: 1 })
  await reader.end()
  await until(async () => (await erasuresOf(address)).pending === 0)
  t.same(filesWith(dataDir, SECRET), [])
})

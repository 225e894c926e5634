import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startServer } from '../../worlds/server-world.ts'
import { startElasticsearch } from './elasticsearch.ts'

const FOLDER = join(import.meta.dirname, '../../../otel/elk')
const LOGSTASH = readFileSync(join(FOLDER, 'logstash.conf'), 'utf8')
const BIN = join(import.meta.dirname, '../../../src/cli/pellucid.js')
const CANARY = 'ada.canary@example.com'

t.test('Elasticsearch takes each line of a server under the index template, once, and finds a turn by its id', async t => {
  const elasticsearch = await startElasticsearch(t)
  const template = JSON.parse(readFileSync(join(FOLDER, 'index-template.json'), 'utf8'))
  // This Elasticsearch has no lifecycle policies.
  delete template.template.settings['index.lifecycle.name']
  t.match(await elasticsearch.ask('PUT', '_index_template/chatbot-logs', template), { status: 200, body: { acknowledged: true } })

  const { lines, turns } = await makeLog(t)
  // As Logstash and Filebeat do: `time` becomes `timestamp`, and the day names the index.
  const documents = lines.map(({ time, ...line }) => ({ ...line, timestamp: time, '@timestamp': time, type: 'chatbot' }))
  const actions = documents.map(document => {
    const index = `chatbot-logs-${String(document['@timestamp']).slice(0, 10).replaceAll('-', '.')}`
    return `${JSON.stringify({ create: { _index: index } })}\n${JSON.stringify(document)}\n`
  })
  const { body } = await elasticsearch.ask('POST', '_bulk?refresh=true', actions.join(''))
  const refused = (body.items as { create: { error?: unknown } }[]).flatMap(({ create }) => create.error ?? [])
  t.same(refused, [], 'the mapping fits every line')

  const count = async (query: object) => Number((await elasticsearch.ask('POST', 'chatbot-logs-*/_count', { query })).body.count)
  const check = async () => {
    t.equal(await count({ match_all: {} }), lines.length)
    for (const turn of turns)
      t.equal(await count({ term: { turn_id: turn } }), lines.filter(line => line.turn_id === turn).length, 'lines of a turn')
    t.equal(await count({ query_string: { query: '"ada.canary"' } }), 0, 'nothing unredacted')
  }
  await check()
  await elasticsearch.stop()
  await elasticsearch.start()
  await check()
})

t.test("Elastic's grok takes each line of the text format apart", async t => {
  const { lines, logDir, dataDir } = await makeLog(t)
  const env = { PATH: process.env.PATH, LOG_DIR: logDir, DATA_DIR: dataDir }
  const text = spawnSync(process.execPath, [BIN, 'logs'], { env, encoding: 'utf8' }).stdout
  const pattern = /match => \{ "message" => "(.+)" \}/.exec(LOGSTASH)?.[1] ?? ''
  const program = join(import.meta.dirname, 'GrokLines.java')
  const { stdout, stderr } = spawnSync('java', ['-cp', process.env.GROK_CLASSPATH ?? '', program, pattern], {
    input: text,
    encoding: 'utf8',
  })
  const found = stdout
    .split('\n')
    .slice(0, -1)
    .map(line => line.split('\t'))
  t.equal(found.length, lines.length, stderr)
  t.same(
    found.map(([level, module, name]) => [level, module, name]),
    lines.map(({ level, module, function: name }) => [level, module ?? '', name ?? '']),
  )
  t.ok(found.every(([, , , message], i) => message?.startsWith(String(lines[i]?.msg))))
})

/** The combined log of a server after questions, errors and an e-mail address. */
async function makeLog(t: { teardown(end: () => unknown): void }) {
  const server = await startServer(t, { DIAGNOSTIC_ROUTES: 'true', OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' })
  const turns: string[] = []
  for (let i = 0; i < 20; i++) {
    const body = JSON.stringify({ message: `Question ${i} of ${CANARY}?`, user_id: CANARY })
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    turns.push(((await (await fetch(`${server.address}/chat`, init)).json()) as { turn_id: string }).turn_id)
    for (const path of ['/cause-error', `/unknown-${i}`]) await (await fetch(`${server.address}${path}`)).arrayBuffer()
  }
  await server.stop()
  const glob = /path => "\/path\/to\/chatbot\/logs\/(.+)"/.exec(LOGSTASH)?.[1] ?? ''
  const lines = globSync(glob, { cwd: server.logDir }).flatMap(file =>
    readFileSync(join(server.logDir, file), 'utf8').trim().split('\n'),
  )
  return { ...server, turns, lines: lines.map(line => JSON.parse(line) as Record<string, unknown>) }
}

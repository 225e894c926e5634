import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startElasticsearch } from './elasticsearch.ts'
import { startLogged } from './log-lines.ts'

const FOLDER = join(import.meta.dirname, '../../../otel/elk')
const LOGSTASH = readFileSync(join(FOLDER, 'logstash.conf'), 'utf8')
const BIN = join(import.meta.dirname, '../../../src/cli/pellucid.js')

t.test('Elasticsearch takes each line of a server under the index templates, once, and finds a turn by its id', async t => {
  const elasticsearch = await startElasticsearch(t)
  const { lines, turns } = await makeLog(t)
  // As Logstash and Filebeat do: `time` becomes `timestamp`; day and level name the index.
  const documents = lines.map(({ time, ...line }) => ({ ...line, timestamp: time, '@timestamp': time, type: 'chatbot' }))
  const actions = documents.map(document => {
    const index = nameIndex(String(document.timestamp), String((document as { level?: unknown }).level))
    return `${JSON.stringify({ create: { _index: index } })}\n${JSON.stringify(document)}\n`
  })
  const { body } = await elasticsearch.ask('POST', '_bulk?refresh=true', actions.join(''))
  const refused = (body.items as { create: { error?: unknown } }[]).flatMap(({ create }) => create.error ?? [])
  t.same(refused, [], 'the mapping fits every line')

  const check = async () => {
    t.equal(await elasticsearch.count(), lines.length)
    for (const turn of turns)
      t.equal(
        await elasticsearch.count({ term: { turn_id: turn } }),
        lines.filter(line => line.turn_id === turn).length,
        'lines of a turn',
      )
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

function nameIndex(time: string, level: string): string {
  const day = time.slice(0, 10).replaceAll('-', '.')
  const kind = { DEBUG: 'debug-', WARNING: 'warning-', ERROR: 'error-', CRITICAL: 'error-' }[level] ?? ''
  return `chatbot-logs-${kind}${day}`
}

/** The combined log of a server after questions, errors and an e-mail address. */
async function makeLog(t: { teardown(end: () => unknown): void }) {
  const log = await startLogged(t)
  const turns = await log.addTraffic(20)
  await log.server.stop()
  return { ...log, turns, lines: log.lines() }
}

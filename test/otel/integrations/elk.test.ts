import { globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'

const FOLDER = join(import.meta.dirname, '../../../otel/elk')
const LOGSTASH = read('logstash.conf')
const FILEBEAT = parse(read('filebeat.yml')) as {
  readonly 'filebeat.inputs': readonly { readonly paths: readonly string[] }[]
  readonly 'output.elasticsearch': { readonly index: string; readonly indices: readonly { readonly index: string }[] }
}
const GLOB = '/path/to/chatbot/logs/*.log'
/** Days that documents of each kind are kept. */
const KEPT_DAYS = { 'chatbot-logs': 30, 'chatbot-logs-debug': 3, 'chatbot-logs-warning': 365, 'chatbot-logs-error': 365 }

t.test('Logstash, Filebeat and rsyslog read each combined file, rotated ones too, and no other file', async t => {
  const globs = [
    /path => "(.+)"/.exec(LOGSTASH)?.[1],
    FILEBEAT['filebeat.inputs'][0]?.paths.join(),
    /file="(.+?)"/.exec(read('rsyslog.conf'))?.[1],
  ]
  t.same(globs, [GLOB, GLOB, GLOB])
  const logs = t.testdir()
  const combined = ['chatbot/chatbot.2026-01-15.1.log', 'chatbot/chatbot.2026-01-15.12.log']
  for (const folder of ['chatbot', 'error', 'audit']) mkdirSync(join(logs, folder))
  for (const file of [
    ...combined,
    'error/error.2026-01-15.1.log',
    'audit/audit.2026-01-15.1.log',
    'chatbot/chatbot.2026-01-14.1.log.gz',
  ])
    writeFileSync(join(logs, file), '')
  symlinkSync('chatbot/chatbot.2026-01-15.12.log', join(logs, 'current.log'))
  t.same(
    globSync(GLOB.replace('/path/to/chatbot/logs', join(logs, 'chatbot'))).sort(),
    combined.map(file => join(logs, file)).sort(),
  )
})

t.test('Logstash parses text lines, takes the time of the line and writes daily indices', async t => {
  t.match(LOGSTASH, 'type => "chatbot"')
  t.match(LOGSTASH, 'codec => json')
  const pattern = String.raw`%{TIMESTAMP_ISO8601:timestamp} \[%{LOGLEVEL:level}\] \[%{DATA:module}\] \[%{DATA:function}\] %{GREEDYDATA:log_message}`
  t.ok(LOGSTASH.includes(`"${pattern}"`))
  t.match(LOGSTASH, 'match => ["timestamp", "ISO8601"]')
  t.match(LOGSTASH, 'index => "chatbot-logs-%{+YYYY.MM.dd}"')
  t.match(LOGSTASH, /hosts => \["\$\{ELASTICSEARCH_URL:.+\}"\]/)
  const { index, indices } = FILEBEAT['output.elasticsearch']
  t.equal(index, 'chatbot-logs-%{+yyyy.MM.dd}')
  t.same(
    indices.map(({ index }) => index.replace('-%{+yyyy.MM.dd}', '')).sort(),
    Object.keys(KEPT_DAYS)
      .filter(name => name !== 'chatbot-logs')
      .sort(),
  )
})

t.test('each index has the template and the lifecycle of its level', async t => {
  const templates = globSync('elasticsearch/_index_template/*.json', { cwd: FOLDER })
  t.equal(templates.length, Object.keys(KEPT_DAYS).length)
  for (const [name, days] of Object.entries(KEPT_DAYS)) {
    const { index_patterns, priority, composed_of, template } = JSON.parse(read(`elasticsearch/_index_template/${name}.json`))
    t.same(index_patterns, [`${name}-*`])
    t.equal(priority, name === 'chatbot-logs' ? 200 : 201, 'the pattern of all indices matches the others too')
    t.same(composed_of, ['chatbot-logs'])
    const policy = template.settings['index.lifecycle.name']
    t.equal(JSON.parse(read(`elasticsearch/_ilm/policy/${policy}.json`)).policy.phases.delete.min_age, `${days}d`)
  }
  t.same(
    globSync('elasticsearch/_component_template/*.json', { cwd: FOLDER }).map(file => basename(file)),
    ['chatbot-logs.json'],
  )
})

function read(file: string): string {
  return readFileSync(join(FOLDER, file), 'utf8')
}

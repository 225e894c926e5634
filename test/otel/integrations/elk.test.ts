import { readFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'

const FOLDER = join(import.meta.dirname, '../../../otel/elk')
const LOGSTASH = read('logstash.conf')
const FILEBEAT = parse(read('filebeat.yml')) as {
  readonly 'filebeat.inputs': readonly { readonly paths: readonly string[] }[]
  readonly 'output.elasticsearch': { readonly index: string }
}
const LOGS = '/path/to/chatbot/logs'

t.test('Logstash and Filebeat read each combined file, rotated ones too, and no other file', async t => {
  const globs = [/path => "(.+)"/.exec(LOGSTASH)?.[1] ?? '', ...(FILEBEAT['filebeat.inputs'][0]?.paths ?? [])]
  t.equal(globs.length, 2)
  for (const glob of globs) {
    for (const file of ['chatbot.2026-01-15.1.log', 'chatbot.2026-01-15.12.log'])
      t.ok(matchesGlob(`${LOGS}/chatbot/${file}`, glob), file)
    for (const file of [
      'current.log',
      'error/error.2026-01-15.1.log',
      'audit/audit.2026-01-15.1.log',
      'chatbot/chatbot.2026-01-15.1.log.gz',
    ])
      t.notOk(matchesGlob(`${LOGS}/${file}`, glob), file)
  }
})

t.test('Logstash parses text lines, takes the time of the line and writes daily indices', async t => {
  t.match(LOGSTASH, 'type => "chatbot"')
  t.match(LOGSTASH, 'codec => json')
  const pattern = String.raw`%{TIMESTAMP_ISO8601:timestamp} \[%{LOGLEVEL:level}\] \[%{DATA:module}\] \[%{DATA:function}\] %{GREEDYDATA:log_message}`
  t.ok(LOGSTASH.includes(`"${pattern}"`))
  t.match(LOGSTASH, 'match => ["timestamp", "ISO8601"]')
  t.match(LOGSTASH, 'index => "chatbot-logs-%{+YYYY.MM.dd}"')
  t.equal(FILEBEAT['output.elasticsearch'].index, 'chatbot-logs-%{+yyyy.MM.dd}')
})

t.test('the index template applies to the daily indices and names the lifecycle policy of 30 days', async t => {
  const template = JSON.parse(read('index-template.json'))
  t.same(template.index_patterns, ['chatbot-logs-*'])
  t.equal(template.template.settings['index.lifecycle.name'], 'chatbot-logs')
  t.equal(JSON.parse(read('ilm-policy.json')).policy.phases.delete.min_age, '30d')
})

function read(file: string): string {
  return readFileSync(join(FOLDER, file), 'utf8')
}

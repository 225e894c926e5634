import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { until } from '../../worlds/until.ts'
import { onlyPipelines, readOverlay, startCollector } from '../overlay.ts'
import { startElasticsearch } from './elasticsearch.ts'
import { startLogged } from './log-lines.ts'

t.test("the collector's overlay makes the document, index and id of each line", async t => {
  const log = await startLogged(t)
  const turns = await log.addTraffic(10)
  await log.server.stop()
  const lines = log.lines()
  const folder = t.testdir()
  // The exporter for Elasticsearch cannot be had here: what it would send goes to a file.
  const overlay = onlyPipelines(readOverlay('collector-elasticsearch.yaml'), ['logs/elasticsearch'])
  const send = async (path: string) => {
    const pipeline = { ...overlay.service.pipelines['logs/elasticsearch'], receivers: ['file_log'], exporters: ['file'] }
    const collector = startCollector(
      t,
      process.env.ELK_COLLECTOR ?? '',
      {
        ...overlay,
        receivers: { file_log: overlay.receivers.file_log ?? {} },
        exporters: { file: { path } },
        service: { ...overlay.service, pipelines: { 'logs/elasticsearch': pipeline } },
      },
      { LOG_DIR: log.logDir },
    )
    await until(() => {
      if (/"level":"error"|\terror\t/.test(collector.output())) throw new Error(collector.output())
      return existsSync(path) && readDocuments(path).length >= lines.length
    })
    await collector.stop()
    return readDocuments(path)
  }
  const documents = await send(join(folder, 'first.json'))
  // As after a crash that lost the read positions.
  const again = await send(join(folder, 'second.json'))
  t.same(again.map(({ id }) => id).sort(), documents.map(({ id }) => id).sort(), 'the same lines have the same ids')

  const found = documents.map(({ document: { '@timestamp': at, timestamp, type, ...line } }) => {
    t.equal(Date.parse(String(at)), Date.parse(String(timestamp)))
    t.equal(type, 'chatbot')
    return { ...line, time: timestamp }
  })
  t.same(found.map(toText).sort(), lines.map(toText).sort(), 'each document has the fields of its line')
  t.ok(documents.every(({ mode }) => mode === 'bodymap'))

  const elasticsearch = await startElasticsearch(t)
  const actions = [...documents, ...again].map(
    ({ id, index, document }) => `${JSON.stringify({ create: { _index: index, _id: id } })}\n${JSON.stringify(document)}\n`,
  )
  await elasticsearch.ask('POST', '_bulk', actions.join(''))
  t.equal(await elasticsearch.count(), lines.length, 'nothing lost, nothing doubled')
  for (const turn of turns)
    t.equal(await elasticsearch.count({ term: { turn_id: turn } }), lines.filter(line => line.turn_id === turn).length)
})

interface Value {
  readonly stringValue?: string
  readonly intValue?: string
  readonly doubleValue?: number
  readonly boolValue?: boolean
  readonly arrayValue?: { readonly values?: readonly Value[] }
  readonly kvlistValue?: { readonly values?: readonly Field[] }
}

interface Field {
  readonly key: string
  readonly value: Value
}

/** Reads what the exporter would have sent from a file of the collector: OTLP as JSON. */
function readDocuments(path: string) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .flatMap(text => JSON.parse(text).resourceLogs as { scopeLogs: ScopeLogs[] }[])
    .flatMap(({ scopeLogs }) => scopeLogs)
    .flatMap(({ scope, logRecords }) =>
      logRecords.map(({ body, attributes }) => {
        const fields = toMap(attributes)
        return {
          id: fields['elasticsearch.document_id'],
          index: fields['elasticsearch.index'],
          mode: toMap(scope.attributes ?? [])['elastic.mapping.mode'],
          document: toJson(body) as Record<string, unknown>,
        }
      }),
    )
}

interface ScopeLogs {
  readonly scope: { readonly attributes?: readonly Field[] }
  readonly logRecords: readonly { readonly body: Value; readonly attributes: readonly Field[] }[]
}

function toMap(fields: readonly Field[]): Record<string, unknown> {
  return Object.fromEntries(fields.map(({ key, value }) => [key, toJson(value)]))
}

function toJson({ stringValue, intValue, doubleValue, boolValue, arrayValue, kvlistValue }: Value): unknown {
  if (intValue !== undefined) return Number(intValue)
  if (arrayValue !== undefined) return (arrayValue.values ?? []).map(toJson)
  if (kvlistValue !== undefined) return toMap(kvlistValue.values ?? [])
  return stringValue ?? doubleValue ?? boolValue
}

/** The JSON of a value, with sorted keys. */
function toText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

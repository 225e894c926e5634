import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import t from 'tap'
import type { SavedObject } from '../../tools/kibana/saved-object.ts'
import { SAVED_OBJECTS, toNdjson } from '../../tools/kibana/saved-objects.ts'

const FILE = readFileSync(join(import.meta.dirname, '../../otel/elk/kibana.ndjson'), 'utf8')
const objects = FILE.trim()
  .split('\n')
  .map(line => JSON.parse(line) as SavedObject)
const text = { type: 'string', minLength: 1 }
const json = { type: 'string', pattern: '^[{[].*[}\\]]$' }
const meta = { type: 'object', required: ['searchSourceJSON'], properties: { searchSourceJSON: json } }
/** What Kibana stores in `attributes` for each type: a schema of ours, there is no official one. */
const ATTRIBUTES = {
  'index-pattern': object({ title: text, name: text, timeFieldName: { const: '@timestamp' } }),
  search: object({
    title: text,
    description: { type: 'string' },
    columns: { type: 'array', items: text, minItems: 1 },
    sort: { type: 'array', items: { type: 'array', items: [text, { enum: ['asc', 'desc'] }], minItems: 2, maxItems: 2 } },
    kibanaSavedObjectMeta: meta,
  }),
  dashboard: object({ title: text, panelsJSON: json, optionsJSON: json, kibanaSavedObjectMeta: meta, version: { const: 1 } }),
}

t.test('otel/elk/kibana.ndjson is what `npm run dashboards` writes', async t => {
  t.equal(FILE, toNdjson(SAVED_OBJECTS))
})

t.test('each saved object has the attributes of its type, an id of its own, and references that exist', async t => {
  const ajv = new Ajv({ allErrors: true, strict: false })
  t.same([...new Set(objects.map(({ type }) => type))].sort(), ['dashboard', 'index-pattern', 'search'])
  t.equal(new Set(objects.map(({ id }) => id)).size, objects.length)
  for (const { type, id, attributes, references } of objects) {
    t.ok(ajv.validate(ATTRIBUTES[type], attributes), `${type} ${id}`, { errors: ajv.errors })
    for (const reference of references)
      t.ok(
        objects.some(object => object.id === reference.id && object.type === reference.type),
        `${id}: ${reference.id}`,
      )
    for (const [, name = ''] of JSON.stringify(attributes).matchAll(/(?:indexRefName|panelRefName)\\*":\\*"([\w.]+)/g))
      t.ok(
        references.some(reference => reference.name.endsWith(name)),
        `${id}: ${name}`,
      )
  }
})

t.test('each chart of the dashboard has columns in order, and a reference of its layer', async t => {
  const dashboard = objects.find(({ type }) => type === 'dashboard')
  const panels = JSON.parse(String(dashboard?.attributes.panelsJSON)) as Panel[]
  t.equal(new Set(panels.map(({ gridData: { x, y } }) => `${x} ${y}`)).size, panels.length, 'no panel covers another')
  for (const { panelIndex, gridData, embeddableConfig } of panels) {
    t.equal(gridData.i, panelIndex)
    t.ok(gridData.x + gridData.w <= 48)
    for (const [layer, { columns, columnOrder }] of Object.entries(
      embeddableConfig.attributes?.state.datasourceStates.formBased.layers ?? {},
    )) {
      t.same(columnOrder, Object.keys(columns))
      const name = `${panelIndex}:indexpattern-datasource-layer-${layer}`
      t.ok(
        dashboard?.references.some(reference => reference.name === name),
        name,
      )
    }
  }
})

interface Panel {
  readonly panelIndex: string
  readonly gridData: { readonly x: number; readonly y: number; readonly w: number; readonly i: string }
  readonly embeddableConfig: {
    readonly attributes?: { readonly state: { readonly datasourceStates: { readonly formBased: { readonly layers: Layers } } } }
  }
}

type Layers = Readonly<
  Record<string, { readonly columns: Readonly<Record<string, object>>; readonly columnOrder: readonly string[] }>
>

function object(properties: Readonly<Record<string, object>>): object {
  return { type: 'object', required: Object.keys(properties), properties }
}

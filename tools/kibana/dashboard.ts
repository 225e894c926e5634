import { DATA_VIEW_ID, type Reference, type SavedObject, savedObject, searchSource } from './saved-object.ts'

const LAYER = 'layer'
const WIDTH = 24
const HEIGHT = 12

/** A figure over time: a count, or a percentile of a field, of the documents that match `kql`. */
interface Chart {
  readonly title: string
  readonly kql: string
  readonly percentileOf?: string
  /** Field whose values are lines of their own. */
  readonly by?: string
}

/** Each turn once: a repeated request gets its first reply, in a line that is `replayed`. */
const TURNS = 'msg.keyword : "Bot response sent" and replayed : false'

const CHARTS: readonly Chart[] = [
  { title: 'Requests by status', kql: 'function : "end_request"', by: 'status' },
  { title: 'Answer time in ms, 95th percentile', kql: TURNS, percentileOf: 'took_ms' },
  { title: 'Conversation turns by kind', kql: TURNS, by: 'kind' },
  { title: 'Failures by module', kql: 'level : ("ERROR" or "CRITICAL")', by: 'module' },
]

/** The dashboard: four charts, and the latest failures below them. */
export const DASHBOARD: SavedObject = createDashboard()

function createDashboard(): SavedObject {
  const charts = CHARTS.map((chart, at) => ({
    type: 'lens',
    panelIndex: `chart-${at}`,
    gridData: { x: (at % 2) * WIDTH, y: Math.floor(at / 2) * HEIGHT, w: WIDTH, h: HEIGHT, i: `chart-${at}` },
    embeddableConfig: { attributes: lens(chart), enhancements: {} },
  }))
  const failures = {
    type: 'search',
    panelIndex: 'failures',
    gridData: { x: 0, y: (CHARTS.length / 2) * HEIGHT, w: 2 * WIDTH, h: HEIGHT, i: 'failures' },
    embeddableConfig: { enhancements: {} },
    panelRefName: 'panel_failures',
  }
  const references: Reference[] = charts.map(({ panelIndex }) => ({
    ...layerReference(),
    name: `${panelIndex}:${layerReference().name}`,
  }))
  return savedObject(
    'dashboard',
    'dashboard',
    {
      title: 'Pellucid',
      description: 'Requests, answer times, turns and failures',
      panelsJSON: JSON.stringify([...charts, failures]),
      optionsJSON: JSON.stringify({ useMargins: true, hidePanelTitles: false }),
      timeRestore: true,
      timeFrom: 'now-24h',
      timeTo: 'now',
      version: 1,
      kibanaSavedObjectMeta: searchSource(''),
    },
    [...references, { name: 'failures:panel_failures', type: 'search', id: 'pellucid-failures' }],
  )
}

function lens({ title, kql, percentileOf, by }: Chart): object {
  const time = { operationType: 'date_histogram', sourceField: '@timestamp', label: 'Time', dataType: 'date', isBucketed: true }
  const count = { operationType: 'count', sourceField: '___records___', label: 'Count', dataType: 'number', isBucketed: false }
  const percentile = {
    ...count,
    operationType: 'percentile',
    sourceField: percentileOf,
    label: 'p95',
    params: { percentile: 95 },
  }
  const order = { orderBy: { type: 'column', columnId: 'value' }, orderDirection: 'desc', size: 8 }
  const split = { operationType: 'terms', sourceField: by, label: by, dataType: 'string', isBucketed: true, params: order }
  const columns = {
    ...(by !== undefined && { split }),
    time: { ...time, scale: 'interval', params: { interval: 'auto' } },
    value: percentileOf === undefined ? count : percentile,
  }
  const layer = {
    layerId: LAYER,
    layerType: 'data',
    seriesType: by === undefined ? 'line' : 'bar_stacked',
    xAccessor: 'time',
    accessors: ['value'],
    ...(by !== undefined && { splitAccessor: 'split' }),
  }
  return {
    title,
    type: 'lens',
    visualizationType: 'lnsXY',
    references: [layerReference()],
    state: {
      datasourceStates: { formBased: { layers: { [LAYER]: { columns, columnOrder: Object.keys(columns) } } } },
      visualization: { layers: [layer], preferredSeriesType: layer.seriesType, legend: { isVisible: true, position: 'right' } },
      query: { query: kql, language: 'kuery' },
      filters: [],
    },
  }
}

function layerReference(): Reference {
  return { name: `indexpattern-datasource-layer-${LAYER}`, type: 'index-pattern', id: DATA_VIEW_ID }
}

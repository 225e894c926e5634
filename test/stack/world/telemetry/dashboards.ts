import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../compose.ts'

export interface Panel {
  readonly dashboard: string
  readonly title: string
  /** Queries by kind of datasource, with Grafana's variables replaced. */
  readonly queries: Readonly<Record<'prometheus' | 'loki', readonly string[]>>
}

export interface Dashboard {
  readonly file: string
  readonly title: string
  readonly panels: readonly Panel[]
  /** The `uid` of every datasource used. */
  readonly datasources: ReadonlySet<string>
}

interface RawPanel {
  readonly title?: string
  readonly panels?: readonly RawPanel[]
  readonly datasource?: { readonly uid?: string; readonly type?: string }
  readonly targets?: readonly {
    readonly expr?: string
    readonly datasource?: { readonly uid?: string; readonly type?: string }
  }[]
}
interface RawDashboard {
  readonly title: string
  readonly panels: readonly RawPanel[]
  readonly templating?: { readonly list?: readonly { readonly name: string }[] }
}

/** Grafana's variables: a rate covers four scrapes of 15 s, and the range starts with the test. */
const BUILT_IN: Readonly<Record<string, string>> = {
  __rate_interval: '1m',
  __interval: '15s',
  __range: '10m',
  __range_s: '600',
  __auto: '15s',
}

/** Reads the committed dashboards. */
export function readDashboards(): readonly Dashboard[] {
  const folder = join(ROOT, 'otel/stack/dashboards')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(file => file.endsWith('.json'))
    .map(file => {
      const text = readFileSync(join(folder, file), 'utf8')
      const dashboard = JSON.parse(text) as RawDashboard
      const panels = dashboard.panels.flatMap(panel => [panel, ...(panel.panels ?? [])])
      return {
        file,
        title: dashboard.title,
        panels: panels.flatMap(panel => (panel.targets === undefined ? [] : [readPanel(panel, dashboard)])),
        datasources: new Set([...text.matchAll(/"datasource": ?\{[^}]*"uid": ?"([^"]+)"/g)].map(([, uid]) => uid ?? '')),
      }
    })
}

function readPanel({ title = '', targets = [], datasource }: RawPanel, { title: dashboard, templating }: RawDashboard): Panel {
  const variables = Object.fromEntries((templating?.list ?? []).map(({ name }) => [name, '.+']))
  const queriesOf = (uid: string) =>
    targets.flatMap(target => {
      const isOfIt = (target.datasource ?? datasource)?.uid === uid
      return isOfIt && target.expr !== undefined ? [fill(target.expr, { ...variables, ...BUILT_IN })] : []
    })
  return { dashboard, title, queries: { prometheus: queriesOf('prometheus'), loki: queriesOf('loki') } }
}

/**
 * Replaces `$name`, `${name}` and `${name:format}`; `$1` is a group of a regular expression.
 * @throws {Error} for unknown names.
 */
function fill(expression: string, values: Readonly<Record<string, string>>): string {
  return expression.replace(/\$(?:\{(\w+)(?::\w+)?\}|([a-z_]\w*))/gi, (_, braced, plain) => {
    const value = values[braced ?? plain]
    if (value === undefined) throw new Error(`no variable ${braced ?? plain} in ${expression}`)
    return value
  })
}

import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import * as dashboards from '@grafana/grafana-foundation-sdk/dashboard'
import { type Panel, PROMETHEUS } from './panels.ts'

/** Panels in a row, of equal height and width: 1, 2, 3, 4, 6 or 8 of them. */
interface Line {
  /** In units of Grafana's grid, about 30 pixels. */
  readonly height: number
  readonly panels: readonly Panel[]
}

export interface Section {
  /** Heading. The first section has none. */
  readonly title?: string
  readonly lines: readonly Line[]
}

interface Layout {
  /** File name and last part of the dashboard's URL. */
  readonly uid: string
  readonly title: string
  readonly description: string
  /** Default time range, such as `3h`. */
  readonly shows: string
  readonly variables?: readonly Builder<dashboards.VariableModel>[]
  readonly sections: readonly Section[]
}

/** Tag by which the dashboards link to each other. */
const TAG = 'pellucid'
const GRID_COLUMNS = 24
const HEADING_HEIGHT = 1
/** A change needs two scrapes, which may lie in different steps. */
const TWO_STEPS = '2m'

/** Height of rows of numbers; charts are taller. */
export const NUMBERS_HEIGHT = 4
export const CHARTS_HEIGHT = 8

/** Places panels from left to right and top to bottom, and numbers them. */
export function layOut({ uid, title, description, shows, variables = [], sections }: Layout): dashboards.Dashboard {
  const built = new dashboards.DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .readonly()
    .time({ from: `now-${shows}`, to: 'now' })
    .refresh('30s')
    .tooltip(dashboards.DashboardCursorSync.Crosshair)
    .link(toOtherDashboards())
    .variables([...variables])
    .annotations([restarts(), alerts(), ownAlerts()])
    .build()
  // Links with a placement appear in a menu, others on the dashboard.
  const links = built.links?.map(({ placement: _, ...link }) => link)
  return { ...built, links, panels: place(sections) }
}

function place(sections: readonly Section[]): (dashboards.Panel | dashboards.RowPanel)[] {
  const panels: (dashboards.Panel | dashboards.RowPanel)[] = []
  let y = 0
  for (const { title, lines } of sections) {
    if (title !== undefined) {
      const gridPos = { x: 0, y, w: GRID_COLUMNS, h: HEADING_HEIGHT }
      panels.push(
        new dashboards.RowBuilder(title)
          .id(panels.length + 1)
          .gridPos(gridPos)
          .build(),
      )
      y += HEADING_HEIGHT
    }
    for (const line of lines) {
      const w = GRID_COLUMNS / line.panels.length
      for (const [index, panel] of line.panels.entries()) {
        const gridPos = { x: index * w, y, w, h: line.height }
        panels.push({ ...panel.build(), id: panels.length + 1, gridPos })
      }
      y += line.height
    }
  }
  return panels
}

function toOtherDashboards(): dashboards.DashboardLinkBuilder {
  return new dashboards.DashboardLinkBuilder('Dashboards')
    .type(dashboards.DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(false)
    .keepTime(true)
}

function restarts(): dashboards.AnnotationQueryBuilder {
  return new dashboards.AnnotationQueryBuilder()
    .name('Starts of the server')
    .datasource(PROMETHEUS)
    .enable(true)
    .iconColor('blue')
    .expr(`changes(process_start_time_seconds{job="chatbot"}[${TWO_STEPS}]) > 0`)
    .step('60s')
    .titleFormat('Server started')
    .textFormat('{{instance}}')
}

function alerts(): dashboards.AnnotationQueryBuilder {
  return new dashboards.AnnotationQueryBuilder()
    .name('Alerts')
    .datasource(PROMETHEUS)
    .enable(true)
    .iconColor('red')
    .expr('ALERTS{alertstate="firing"}')
    .step('60s')
    .titleFormat('{{alertname}}')
    .textFormat('{{severity}}')
}

/** Alerts as the server itself evaluates them: they show also where Prometheus has no rules. */
function ownAlerts(): dashboards.AnnotationQueryBuilder {
  return new dashboards.AnnotationQueryBuilder()
    .name('Alerts of the server itself')
    .datasource(PROMETHEUS)
    .enable(true)
    .iconColor('orange')
    .expr('max by (rule) (alerts_firing) > 0')
    .step('60s')
    .titleFormat('{{rule}}')
    .textFormat('evaluated by the server')
}

import { CHARTS_HEIGHT, type Section } from '../layout.ts'
import { nodeGraph, timeSeries } from '../panels.ts'
import { NOW_WINDOW, quantileOf, rateOf, shareOf } from '../promql.ts'

const CALLS = 'traces_span_metrics_calls_total'
const CALLING = 'span_kind="SPAN_KIND_CLIENT"'
const DATABASE_CALLS = `${CALLING}, db_system_name!=""`
const SERVER_CALLS = `${CALLING}, db_system_name="", server_address!=""`

/** Edges of the service map: clients to service, service to database and other servers. */
const EDGES = [
  edge(`"source", "clients", "", ""`, `"target", "$1", "service_name", "(.+)"`, 'span_kind="SPAN_KIND_SERVER"', 'service_name'),
  edge(
    `"source", "$1", "service_name", "(.+)"`,
    `"target", "$1", "db_system_name", "(.+)"`,
    DATABASE_CALLS,
    'service_name, db_system_name',
  ),
  edge(
    `"source", "$1", "service_name", "(.+)"`,
    `"target", "$1", "server_address", "(.+)"`,
    SERVER_CALLS,
    'service_name, server_address',
  ),
].join(' or ')

/** Calls to and from the service, from its spans. */
export const SERVICE_MAP: Section = {
  title: 'Calls',
  lines: [
    {
      height: CHARTS_HEIGHT,
      panels: [
        nodeGraph({
          title: 'Service map',
          description: 'Calls between services per second over the last 5 minutes, from spans.',
          unit: 'reqps',
          expr: `label_join(${EDGES}, "id", " to ", "source", "target")`,
        }),
        timeSeries({
          title: 'Call duration, p95',
          description: '95 % of the calls to the database or another server took at most this long.',
          unit: 's',
          series: [
            {
              expr: quantileOf(0.95, 'traces_span_metrics_duration_seconds', {
                where: CALLING,
                by: 'db_system_name, server_address',
              }),
              legend: '{{db_system_name}} {{server_address}}',
              exemplars: true,
            },
          ],
        }),
        timeSeries({
          title: 'Failed calls',
          description: 'Share of calls to the database or another server that failed.',
          unit: 'percentunit',
          series: [
            {
              expr: shareOf(
                rateOf(CALLS, { where: `${CALLING}, status_code="STATUS_CODE_ERROR"`, by: 'db_system_name, server_address' }),
                rateOf(CALLS, { where: CALLING, by: 'db_system_name, server_address' }),
              ),
              legend: '{{db_system_name}} {{server_address}}',
            },
          ],
        }),
      ],
    },
  ],
}

function edge(source: string, target: string, where: string, by: string): string {
  return `label_replace(label_replace(${rateOf(CALLS, { where, by, window: NOW_WINDOW })}, ${source}), ${target})`
}

import type { DatabaseSync } from 'node:sqlite'
import { createAlertStore } from '../evaluation/alert-store.ts'
import { buildReport } from '../reports/build-report.ts'
import { toHtml } from '../reports/html.ts'
import { toMarkdown } from '../reports/markdown.ts'
import type { Report } from '../reports/report.ts'
import type { ActiveRule } from '../rules/active-rules.ts'
import { type CommandPrefix, showValue, titleOf, withPrefix } from '../rules/rule-texts.ts'
import { histogramQuantile } from '../series/counters.ts'
import { createSeriesReader } from '../series/series-store.ts'

/** Makes a report of what the monitoring database holds. */
export function collectReport(
  db: DatabaseSync,
  kind: Report['kind'],
  until: number,
  rules: readonly ActiveRule[],
  { host, prefix }: { readonly host: string; readonly prefix: CommandPrefix },
): Report {
  return buildReport(kind, until, {
    series: createSeriesReader(db),
    summarizeAlerts: createAlertStore(db).summarize,
    interpolate: histogramQuantile,
    host,
    withPrefix: text => withPrefix(text, prefix),
    rules: rules.map(rule => {
      const [{ threshold, unit, comparison }] = rule.conditions
      return {
        id: rule.id,
        title: titleOf(rule),
        action: rule.action,
        threshold,
        isAbove: comparison.startsWith('>'),
        show: value => showValue(value, unit),
      }
    }),
  })
}

/** Renders a report as a page of HTML, Markdown or JSON. */
export function renderReport(report: Report, format: 'html' | 'md' | 'json'): string {
  if (format === 'json') return `${JSON.stringify(report, undefined, 2)}\n`
  return format === 'md' ? toMarkdown(report) : toHtml(report)
}

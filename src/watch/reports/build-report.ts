import type { SeriesReader } from '../series/series.ts'
import { measureCapacity } from './capacity.ts'
import { type Interpolate, measureFigures } from './figures.ts'
import { hourlyPeaks, increaseByTime, type Period } from './measures.ts'
import type { AlertRow, CapacityRow, Chart, Figure, Report } from './report.ts'
import { reviewRules } from './review.ts'
import { isNotable, showFigure, showTimes } from './show.ts'

/** How often a rule fired in a period, and how long it took to resolve. */
export interface RuleRecord {
  readonly rule: string
  readonly fired: number
  readonly meanTimeToResolveMs: number | undefined
}

/** A rule as far as a report needs it. */
export interface ReportedRule {
  readonly id: string
  readonly title: string
  readonly action: string
  readonly threshold: number
  /** Whether it fires above or below its threshold. */
  readonly isAbove: boolean
  readonly show: (value: number) => string
}

export interface ReportSources {
  readonly series: SeriesReader
  readonly summarizeAlerts: (since: number, until: number) => readonly RuleRecord[]
  readonly rules: readonly ReportedRule[]
  readonly interpolate: Interpolate
  readonly host: string
  /** Adds how commands are run here to those in backquotes. */
  readonly withPrefix: (text: string) => string
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const FIVE_MINUTES_MS = 300_000
/** Fewer hours of data are drawn in parts of five minutes. */
const SHORT_HOURS = 12
/** Questions without an answer, or judged bad, that are worth a look at their groups. */
const FEW = 3
/** A share in use above which a resource is mentioned. */
const NEARLY_FULL = 0.8

/** Builds the report of the day or week that ends at a time. */
export function buildReport(kind: Report['kind'], until: number, sources: ReportSources): Report {
  const { series, summarizeAlerts, rules, interpolate, host, withPrefix } = sources
  const lengthMs = kind === 'daily' ? DAY_MS : 7 * DAY_MS
  const now: Period = { from: until - lengthMs, to: until }
  const before: Period = { from: now.from - lengthMs, to: now.from }
  const figures = measureFigures(series, now, before, interpolate)
  const earlier = new Map(summarizeAlerts(before.from, before.to).map(record => [record.rule, record.fired]))
  const alerts = summarizeAlerts(now.from, now.to)
    .filter(({ fired }) => fired > 0)
    .map(({ rule, fired, meanTimeToResolveMs: ms }) => ({
      rule,
      title: rules.find(({ id }) => id === rule)?.title ?? rule,
      fired,
      firedBefore: earlier.get(rule) ?? 0,
      meanTimeToResolveS: ms === undefined ? undefined : ms / 1000,
    }))
    .toSorted((a, b) => b.fired - a.fired)
  const capacity = measureCapacity(series, now)
  const hours = hourlyPeaks(series, 'process_resident_memory_bytes', now).length
  return {
    kind,
    host,
    from: new Date(now.from).toISOString(),
    to: new Date(now.to).toISOString(),
    coverage: Math.min(1, hours / (lengthMs / HOUR_MS)),
    summary: summarize(kind, figures, alerts, capacity),
    figures,
    charts: chartsOf(series, now),
    alerts,
    review: reviewRules(series, rules, now, alerts),
    capacity,
    actions: actionsOf(kind, figures, alerts, capacity, rules).map(withPrefix),
  }
}

function summarize(
  kind: Report['kind'],
  figures: readonly Figure[],
  alerts: readonly AlertRow[],
  capacity: readonly CapacityRow[],
): readonly string[] {
  const known = (id: string) => figures.find(figure => figure.id === id && figure.value !== undefined)
  const past = kind === 'daily' ? 'the day before' : 'the week before'
  const compared = (figure: Figure | undefined, text: (shown: string) => string, more = '') => {
    if (figure?.value === undefined) return []
    const why =
      figure.contributors.length > 0 && figure.before !== undefined && isNotable(figure.value, figure.before, figure.unit)
        ? `; most of the change: ${figure.contributors.join(', ')}`
        : ''
    return [
      `${text(showFigure(figure.value, figure.unit))} (${past}: ${figure.before === undefined ? 'no data' : showFigure(figure.before, figure.unit)}${why})${more}.`,
    ]
  }
  const fired = alerts.reduce((sum, alert) => sum + alert.fired, 0)
  const urgent = capacity.filter(({ fullBy, peak }) => fullBy !== undefined || peak > NEARLY_FULL)
  return [
    ...compared(known('requests'), shown => `${shown} requests were served`),
    ...compared(known('availability'), shown => `${shown} of them did not fail`),
    ...compared(known('latency_p95'), shown => `95 % of the messages were answered within ${shown}`),
    ...compared(known('answered'), shown => `${shown} of the questions got an answer`, `; ${describeJudged(figures)}`),
    fired === 0
      ? 'No alert fired.'
      : `Alerts fired ${showTimes(fired)}: ${alerts.map(({ title, fired }) => `${title} (${fired})`).join(', ')}.`,
    ...urgent.map(({ resource, peak, fullBy }) =>
      fullBy === undefined
        ? `${resource}: up to ${showFigure(peak, 'ratio')} in use.`
        : `${resource}: full by ${fullBy} at its present growth.`,
    ),
  ]
}

function describeJudged(figures: readonly Figure[]): string {
  const { judged, bad } = countJudged(figures)
  return judged === 0 ? 'none was judged' : `${judged.toLocaleString('en')} judged, ${bad.toLocaleString('en')} bad`
}

/** Judged replies, and how many of them were judged bad. */
function countJudged(figures: readonly Figure[]): { readonly judged: number; readonly bad: number } {
  const value = (id: string) => figures.find(figure => figure.id === id)?.value
  const judged = Math.round(value('judged') ?? 0)
  return { judged, bad: Math.round(judged * (1 - (value('judged_correct') ?? 1))) }
}

/** Charts of hours, or of five minutes if there is less than half a day of data. */
function chartsOf(series: SeriesReader, period: Period): readonly Chart[] {
  const isShort = hourlyPeaks(series, 'process_resident_memory_bytes', period).length < SHORT_HOURS
  const [partMs, part] = isShort ? [FIVE_MINUTES_MS, 'in 5 minutes'] : [HOUR_MS, 'an hour']
  const byTime = (metric: string, matchers: Parameters<typeof increaseByTime>[2]) =>
    increaseByTime(series, metric, matchers, period, partMs)
  const requests = (...matchers: readonly { label: string; op: '=' | '!~'; value: string }[]) =>
    byTime('chatbot_requests_total', [{ label: 'endpoint', op: '!~', value: '/health.*|/metrics' }, ...matchers])
  const mean = () => {
    const chat = [{ label: 'endpoint', op: '=', value: '/chat' }] as const
    const counts = new Map(byTime('chatbot_response_time_seconds_count', chat))
    return byTime('chatbot_response_time_seconds_sum', chat).flatMap(([t, sum]) => {
      const count = counts.get(t) ?? 0
      return count > 0 ? [[t, sum / count] as const] : []
    })
  }
  const questions = (outcome: string) => byTime('chatbot_questions_total', [{ label: 'outcome', op: '=', value: outcome }])
  const charts: readonly Chart[] = [
    {
      title: `Requests ${part}`,
      unit: 'count',
      lines: [
        { name: 'all', points: requests() },
        { name: 'failed', points: requests({ label: 'status', op: '=', value: 'error' }) },
      ],
    },
    { title: 'Reply time, mean', unit: 'seconds', lines: [{ name: 'messages', points: mean() }] },
    {
      title: `Questions ${part}`,
      unit: 'count',
      lines: [
        { name: 'answered', points: questions('answered') },
        { name: 'not answered', points: questions('abstained') },
      ],
    },
  ]
  return charts.filter(({ lines }) => lines.some(({ points }) => points.length > 0))
}

function actionsOf(
  kind: Report['kind'],
  figures: readonly Figure[],
  alerts: readonly AlertRow[],
  capacity: readonly CapacityRow[],
  rules: readonly ReportedRule[],
): readonly string[] {
  const figure = (id: string) => figures.find(each => each.id === id)
  const since = kind === 'daily' ? '1d' : '7d'
  const refused = Math.round((figure('questions')?.value ?? 0) * (1 - (figure('answered')?.value ?? 1)))
  const { bad } = countJudged(figures)
  const fullSoon = capacity.filter(({ fullBy }) => fullBy !== undefined)
  return [
    ...alerts.slice(0, 3).map(({ rule, title }) => `${title}: ${rules.find(({ id }) => id === rule)?.action ?? 'see the log.'}`),
    ...(refused < FEW
      ? []
      : [
          `${refused.toLocaleString('en')} questions got no answer: \`pellucid unanswered --since ${since}\` lists their groups, to write documents for.`,
        ]),
    ...(bad < FEW
      ? []
      : [`${bad.toLocaleString('en')} replies were judged bad: \`pellucid feedback list --since ${since}\` lists their groups.`]),
    ...fullSoon.map(({ resource, fullBy }) => `Plan more room before ${fullBy}: ${resource}.`),
  ]
}

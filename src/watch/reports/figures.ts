import type { Matcher, SeriesReader } from '../series/series.ts'
import { byLabel, CHAT, FAILED, increase, increases, type Period, quantileIn, USERS } from './measures.ts'
import type { Figure } from './report.ts'

/** Interpolates a quantile in the buckets of a histogram. */
export type Interpolate = (quantile: number, buckets: readonly { bound: number; count: number }[]) => number | undefined

const ABSTAINED: Matcher = { label: 'outcome', op: '=', value: 'abstained' }
const INCORRECT: Matcher = { label: 'judgement', op: '=', value: 'incorrect' }
/** Contributors that a figure names. */
const MAX_CONTRIBUTORS = 3

/**
 * The figures of a period, next to those of the period before. Without data of that one nothing has
 * changed, so nothing contributed.
 */
export function measureFigures(series: SeriesReader, now: Period, before: Period, interpolate: Interpolate): readonly Figure[] {
  return measureAll(series, now, before, interpolate).map(figure =>
    figure.before === undefined ? { ...figure, contributors: [] } : figure,
  )
}

function measureAll(series: SeriesReader, now: Period, before: Period, interpolate: Interpolate): readonly Figure[] {
  const pair = (measure: (period: Period) => number | undefined) => ({ value: measure(now), before: measure(before) })
  const count = (metric: string, ...matchers: readonly Matcher[]) => pair(period => increase(series, metric, matchers, period))
  const share = (metric: string, part: Matcher, ...matchers: readonly Matcher[]) =>
    pair(period => ratio(increase(series, metric, [...matchers, part], period), increase(series, metric, matchers, period)))
  const inverse = ({ value, before: earlier }: ReturnType<typeof pair>) => ({
    value: value === undefined ? undefined : 1 - value,
    before: earlier === undefined ? undefined : 1 - earlier,
  })
  const causes = (metric: string, label: string, ...matchers: readonly Matcher[]) =>
    contributors(series, metric, label, matchers, now, before)
  const latency = (quantile: number) =>
    pair(period => quantileIn(series, quantile, 'chatbot_response_time_seconds', [CHAT], period, interpolate))

  return [
    {
      id: 'availability',
      name: 'Availability',
      unit: 'ratio',
      moreIsBetter: true,
      contributors: causes('chatbot_request_errors_total', 'code', USERS, {
        label: 'code',
        op: '=~',
        value: 'INTERNAL_ERROR|ANSWER_FAILED|DATABASE_UNAVAILABLE|OVERLOADED|DATABASE_BUSY|DIAGNOSTIC_ERROR',
      }),
      ...inverse(share('chatbot_requests_total', FAILED, USERS)),
    },
    { id: 'latency_p50', name: 'Reply time, median', unit: 'seconds', moreIsBetter: false, contributors: [], ...latency(0.5) },
    {
      id: 'latency_p95',
      name: 'Reply time, 95 % within',
      unit: 'seconds',
      moreIsBetter: false,
      contributors: [],
      ...latency(0.95),
    },
    {
      id: 'requests',
      name: 'Requests',
      unit: 'count',
      moreIsBetter: undefined,
      contributors: causes('chatbot_requests_total', 'endpoint', USERS),
      ...count('chatbot_requests_total', USERS),
    },
    {
      id: 'errors',
      name: 'Failed requests',
      unit: 'count',
      moreIsBetter: false,
      contributors: causes('chatbot_requests_total', 'endpoint', FAILED, USERS),
      ...count('chatbot_requests_total', FAILED, USERS),
    },
    {
      id: 'questions',
      name: 'Questions',
      unit: 'count',
      moreIsBetter: undefined,
      contributors: [],
      ...count('chatbot_questions_total'),
    },
    {
      id: 'answered',
      name: 'Questions answered',
      unit: 'ratio',
      moreIsBetter: true,
      contributors: [],
      ...inverse(share('chatbot_questions_total', ABSTAINED)),
    },
    {
      id: 'judged',
      name: 'Answers judged',
      unit: 'count',
      moreIsBetter: undefined,
      contributors: [],
      ...count('chatbot_feedback_total'),
    },
    {
      id: 'judged_correct',
      name: 'Judged correct',
      unit: 'ratio',
      moreIsBetter: true,
      contributors: [],
      ...inverse(share('chatbot_feedback_total', INCORRECT)),
    },
    {
      id: 'sessions',
      name: 'Sessions opened',
      unit: 'count',
      moreIsBetter: undefined,
      contributors: [],
      ...count('chatbot_sessions_opened_total'),
    },
  ]
}

function ratio(part: number | undefined, whole: number | undefined): number | undefined {
  return whole === undefined || whole === 0 ? undefined : (part ?? 0) / whole
}

/** The label values with the largest change, as `/chat: +12`. */
function contributors(
  series: SeriesReader,
  metric: string,
  label: string,
  matchers: readonly Matcher[],
  now: Period,
  before: Period,
): readonly string[] {
  const [present, earlier] = [now, before].map(period => byLabel(increases(series, metric, matchers, period), label)) as [
    ReadonlyMap<string, number>,
    ReadonlyMap<string, number>,
  ]
  return [...new Set([...present.keys(), ...earlier.keys()])]
    .map(value => ({ value, change: Math.round((present.get(value) ?? 0) - (earlier.get(value) ?? 0)) }))
    .filter(({ change }) => change !== 0)
    .toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change))
    .slice(0, MAX_CONTRIBUTORS)
    .map(({ value, change }) => `${value}: ${change > 0 ? '+' : '−'}${Math.abs(change).toLocaleString('en')}`)
}

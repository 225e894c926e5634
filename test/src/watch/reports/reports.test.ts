import t from 'tap'
import { growthPerDay } from '../../../../src/base/theil-sen.ts'
import { parseSchedule } from '../../../../src/watch/configuration/schedule.ts'
import { buildReport, type ReportSources } from '../../../../src/watch/reports/build-report.ts'
import { drawChart } from '../../../../src/watch/reports/charts.ts'
import { dueReport } from '../../../../src/watch/reports/due-reports.ts'
import { toHtml } from '../../../../src/watch/reports/html.ts'
import { toMarkdown } from '../../../../src/watch/reports/markdown.ts'
import { showChange, showFigure } from '../../../../src/watch/reports/show.ts'
import { histogramQuantile } from '../../../../src/watch/series/counters.ts'
import type { Point, Series } from '../../../../src/watch/series/series.ts'
import { createMemoryReader } from '../series/memory-reader.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const UNTIL = Date.UTC(2026, 10, 23)

/** Hourly points of two weeks. `at` gives the value by hours since the beginning. */
function hours(at: (hour: number) => number): readonly Point[] {
  return Array.from({ length: 14 * 24 + 1 }, (_, i) => ({ t: UNTIL - 14 * DAY + i * HOUR, v: at(i) }))
}

const WEEK = 7 * 24
/** 10 an hour in the first week, 20 in the second. */
const doubled = (hour: number) => hour * 10 + Math.max(0, hour - WEEK) * 10
const series = (labels: Series['labels'], points: readonly Point[]): Series => ({ labels, points })

const SERIES: Record<string, Series[]> = {
  chatbot_requests_total: [
    series({ endpoint: '/chat', status: 'success' }, hours(doubled)),
    series(
      { endpoint: '/chat', status: 'error' },
      hours(hour => Math.max(0, hour - WEEK)),
    ),
    series(
      { endpoint: '/health', status: 'success' },
      hours(hour => hour * 1000),
    ),
  ],
  chatbot_questions_total: [
    series(
      { outcome: 'answered' },
      hours(hour => hour * 3),
    ),
    series(
      { outcome: 'abstained' },
      hours(hour => hour),
    ),
  ],
  chatbot_response_time_seconds_bucket: [
    series(
      { endpoint: '/chat', le: '1' },
      hours(hour => hour * 90),
    ),
    series(
      { endpoint: '/chat', le: '2' },
      hours(hour => hour * 100),
    ),
    series(
      { endpoint: '/chat', le: '+Inf' },
      hours(hour => hour * 100),
    ),
  ],
  process_resident_memory_bytes: [
    series(
      {},
      hours(() => 300),
    ),
  ],
  process_memory_limit_bytes: [
    series(
      {},
      hours(() => 1000),
    ),
  ],
  disk_free_bytes: [
    series(
      { volume: 'data' },
      hours(hour => 900 - hour),
    ),
  ],
  disk_size_bytes: [
    series(
      { volume: 'data' },
      hours(() => 1000),
    ),
  ],
  alert_measure: [
    series(
      { rule: 'high_error_rate' },
      hours(hour => (hour > WEEK + 20 ? 0.04 : 0)),
    ),
  ],
}

const SOURCES: ReportSources = {
  series: createMemoryReader(SERIES),
  interpolate: histogramQuantile,
  host: 'chat-1',
  withPrefix: text => text.replaceAll('`pellucid ', '`npx pellucid '),
  rules: [
    {
      id: 'high_error_rate',
      title: 'High <error> rate',
      action: 'See `pellucid logs --errors`.',
      threshold: 0.05,
      isAbove: true,
      show: value => `${value * 100} %`,
    },
  ],
  summarizeAlerts: since => [
    { rule: 'high_error_rate', fired: since === UNTIL - 7 * DAY ? 12 : 1, meanTimeToResolveMs: 600_000 },
  ],
}

t.test('a report has the figures of its week and of the one before, and what changed', async t => {
  const { figures, summary, capacity, alerts, review, actions, coverage } = buildReport('weekly', UNTIL, SOURCES)
  const figure = (id: string) => figures.find(each => each.id === id)
  t.match(figure('requests'), { value: 20 * (WEEK - 1) + WEEK - 1, contributors: ['/chat: +1,837'] })
  t.match(figure('errors'), { value: WEEK - 1, before: 0 })
  t.match(figure('availability'), { before: 1 })
  t.equal(figure('availability')?.value?.toFixed(3), (20 / 21).toFixed(3))
  t.match(figure('answered'), { value: 0.75, before: 0.75 })
  t.equal(figure('latency_p95')?.value, 1.5)
  t.equal(figure('judged')?.value, undefined)
  t.match(capacity, [
    { resource: 'Memory', now: 0.3, fullBy: undefined },
    { resource: 'Disk of the data', fullBy: '2026-12-16' },
  ])
  t.match(alerts, [{ rule: 'high_error_rate', fired: 12, firedBefore: 1, meanTimeToResolveS: 600 }])
  t.match(review, [
    /^High <error> rate: 95 % of the time at most 4 %, 99 % 4 %; the limit is 5 %\. It fired 12 times: fix its cause, or raise for_s\.$/,
  ])
  t.match(summary.join('\n'), /3,507 requests were served \(the week before: 1,670; most of the change: \/chat: \+1,837\)/)
  t.match(summary.join('\n'), /Alerts fired 12 times: High <error> rate \(12\)\.[\s\S]*Disk of the data: full by 2026-12-16/)
  t.match(actions.join('\n'), /See `npx pellucid logs --errors`[\s\S]*got no answer: `npx pellucid unanswered --since 7d`/)
  t.equal(coverage, 1)
})

t.test('a report can be made without data', async t => {
  const empty = buildReport('daily', UNTIL, { ...SOURCES, series: createMemoryReader({}), summarizeAlerts: () => [] })
  t.match(empty, { coverage: 0, charts: [], capacity: [], alerts: [], summary: ['No alert fired.'] })
  t.match(toMarkdown(empty), /There are metrics for 0\.0 % of the time/)
  t.match(toHtml(empty), /–/)
})

t.test('a report is one page of HTML with charts, which loads nothing', async t => {
  const report = buildReport('weekly', UNTIL, SOURCES)
  const html = toHtml(report)
  t.equal(html.match(/<svg [\s\S]*?<\/svg>/g)?.length, 2)
  t.match(html, /Weekly report, 16 November 2026 to 23 November 2026/)
  t.match(html, /High &lt;error&gt; rate/)
  t.match(html, /<code>npx pellucid logs --errors<\/code>/)
  t.notMatch(html, /<script|<link|src=|url\(/)
  t.match(html, /, worse/, 'in words, not only by colour')
})

t.test('charts end with the period, and half an hour of data is drawn in parts of five minutes', async t => {
  const MINUTE = 60_000
  const until = UNTIL + 20 * MINUTE
  const minutes = (at: (minute: number) => number) =>
    Array.from({ length: 31 }, (_, i) => ({ t: until - (30 - i) * MINUTE, v: at(i) }))
  const { charts } = buildReport('daily', until, {
    ...SOURCES,
    series: createMemoryReader({
      chatbot_requests_total: [
        series(
          { endpoint: '/chat', status: 'success' },
          minutes(minute => minute * 2),
        ),
      ],
      process_resident_memory_bytes: [
        series(
          {},
          minutes(() => 300),
        ),
      ],
    }),
  })
  const [requests] = charts
  t.equal(requests?.title, 'Requests in 5 minutes')
  const points = requests?.lines[0]?.points ?? []
  t.equal(points.length, 6)
  t.equal(points.at(-1)?.[0], until)
  t.equal(
    points.reduce((sum, [, v]) => sum + v, 0),
    60,
  )
  const weekly = buildReport('weekly', UNTIL - 20 * MINUTE, SOURCES).charts[0]?.lines[0]?.points ?? []
  t.ok(weekly.every(([at]) => at <= UNTIL - 20 * MINUTE))
  t.match(drawChart({ title: 'One', unit: 'count', lines: [{ name: 'one', points: [[UNTIL, 3]] }] }), /<circle/)
})

t.test('the labels of times lie within the chart', async t => {
  const HALF_LABEL = 30
  const points = Array.from({ length: 8 }, (_, i) => [UNTIL - (7 - i) * DAY, i] as const)
  const chart = drawChart({ title: 'Days', unit: 'count', lines: [{ name: 'days', points }] })
  const at = [...chart.matchAll(/<text x="([\d.]+)"[^>]*text-anchor="middle"/g)].map(([, x]) => Number(x))
  t.equal(at.length, points.length)
  t.ok(Math.min(...at) >= HALF_LABEL && Math.max(...at) <= 600 - HALF_LABEL, at.join(' '))
})

t.test('a report says how many questions got an answer, how many were judged, and what to look at', async t => {
  const feedback = (judgement: string, weekly: number) =>
    series(
      { judgement },
      hours(hour => (hour < WEEK ? 0 : (weekly * (hour - WEEK)) / WEEK)),
    )
  const judged = { ...SERIES, chatbot_feedback_total: [feedback('correct', 20), feedback('incorrect', 10)] }
  const { summary, actions } = buildReport('weekly', UNTIL, { ...SOURCES, series: createMemoryReader(judged) })
  t.match(summary.join('\n'), /75\.0 % of the questions got an answer \(the week before: 75\.0 %\); 30 judged, 10 bad\./)
  t.match(actions.join('\n'), /167 questions got no answer: `npx pellucid unanswered --since 7d`/)
  t.match(actions.join('\n'), /10 replies were judged bad: `npx pellucid feedback list --since 7d`/)
})

t.test('values and changes are shown as people read them', async t => {
  t.same(
    [
      showFigure(0.99962, 'ratio'),
      showFigure(0.5, 'ratio'),
      showFigure(0.34, 'seconds'),
      showFigure(2.25, 'seconds'),
      showFigure(12_345, 'count'),
    ],
    ['99.96 %', '50.0 %', '340 ms', '2.3 s', '12,345'],
  )
  t.same(
    [
      showChange(110, 100, 'count'),
      showChange(5, 0, 'count'),
      showChange(0.9, 0.93, 'ratio'),
      showChange(1, 1, 'ratio'),
      showChange(1, undefined, 'count'),
    ],
    ['+10 %', 'new', '−3.0 points', 'same', ''],
  )
})

t.test('growth follows the trend, not an outlier', async t => {
  const points = (at: (hour: number) => number) => hours(at).map(({ t, v }) => [t, v] as const)
  t.equal(growthPerDay(points(hour => (hour === 100 ? 9e9 : hour))), 24)
  t.equal(growthPerDay(points(() => 5)), 0)
  t.equal(growthPerDay(points(hour => hour).slice(0, 20)), undefined)
})

t.test('a report is due once, also if the server was down at its time', async t => {
  const marks = new Map<string, number>()
  const store = {
    mark: (name: string) => (marks.has(name) ? { at: marks.get(name) as number } : undefined),
    setMark: (name: string, at: number) => void marks.set(name, at),
  }
  const schedule = parseSchedule('Mon 07:00 Europe/Berlin')
  if (schedule === undefined) throw new Error('not a schedule')
  const monday = Date.UTC(2026, 10, 23, 6)
  t.equal(dueReport('weekly', schedule, store, monday - 3 * DAY), undefined, 'the first call only begins')
  t.equal(dueReport('weekly', schedule, store, monday - 1), undefined)
  t.equal(dueReport('weekly', schedule, store, monday), monday)
  t.equal(dueReport('weekly', schedule, store, monday + 20 * DAY), monday + 14 * DAY, 'of several the last one')
  store.setMark('weekly_report', monday)
  t.equal(dueReport('weekly', schedule, store, monday + DAY), undefined)
})

t.test('a limit that is passed too often is compared with a laxer one, and quiet rules are named', async t => {
  const [rule] = SOURCES.rules
  if (rule === undefined) throw new Error('no rule')
  const spikes = (every: number, value: number) => hours(hour => (hour % every === 0 ? value : 0.01))
  const { review } = buildReport('weekly', UNTIL, {
    ...SOURCES,
    rules: [rule, { ...rule, id: 'queue', title: 'Queue' }, { ...rule, id: 'unknown' }],
    series: createMemoryReader({
      alert_measure: [series({ rule: 'high_error_rate' }, spikes(8, 0.08)), series({ rule: 'queue' }, spikes(1000, 1))],
    }),
  })
  t.same(review, [
    'High <error> rate: 95 % of the time at most 8 %, 99 % 8 %; the limit is 5 %. It fired 12 times: fix its cause, or set the limit to 8 %, which was passed 0 times.',
    'Neither fired nor came close to their limit: Queue.',
  ])
})

t.test('without data of the period before, nothing is named as a cause of a change', async t => {
  const recent = Object.fromEntries(
    Object.entries(SERIES).map(([name, all]) => [name, all.map(({ labels, points }) => series(labels, points.slice(WEEK + 1)))]),
  )
  const { figures } = buildReport('weekly', UNTIL, { ...SOURCES, series: createMemoryReader(recent) })
  t.equal(figures.find(({ id }) => id === 'requests')?.before, undefined)
  t.same(
    figures.flatMap(({ contributors }) => contributors),
    [],
  )
})

t.test('a daily report names its hours, unless it is of a calendar day', async t => {
  const at = (until: number) => toMarkdown(buildReport('daily', until, SOURCES)).split('\n')[0]
  t.equal(at(UNTIL), '# Daily report, 22 November 2026')
  t.equal(at(UNTIL - 6 * HOUR), '# Daily report, 21 November 2026 18:00 to 22 November 2026 18:00')
})

t.test('the ticks of a chart have different labels, over hours and with values of milliseconds', async t => {
  const points = (hours: number, at: (hour: number) => number) =>
    Array.from({ length: hours + 1 }, (_, hour) => [UNTIL + hour * HOUR, at(hour)] as const)
  const labels = (unit: 'count' | 'seconds', ...line: Parameters<typeof points>) => {
    const svg = drawChart({ title: 'A chart', unit, lines: [{ name: 'one', points: points(...line) }] })
    const texts = [...svg.matchAll(/<text [^>]*>([^<]+)<\/text>/g)].map(([, text]) => text)
    t.equal(new Set(texts).size, texts.length, texts.join(', '))
    return texts
  }
  const short = labels('seconds', 24, hour => 0.005 + hour / 10_000)
  t.ok(short.includes('Mon 03:00') && short.includes('8 ms'), short.join())
  t.ok(labels('seconds', 3, hour => hour).includes('3 s'))
  t.ok(labels('count', 168, hour => hour).includes('Tue 24 Nov'))
})

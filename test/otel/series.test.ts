import t from 'tap'
import { createSeriesSet } from '../../otel/metrics/series.ts'
import type { Metric } from '../../otel/metrics.ts'

const COUNTER = { kind: 'counter', unit: '1', help: 'Things.' } as const

function labelsOf(set: ReturnType<typeof createSeriesSet>) {
  return [...set.all()].map(({ labels }) => Object.values(labels).join(' '))
}

t.test('every combination of label values has its own series', async t => {
  const metric: Metric = { ...COUNTER, kind: 'histogram', labels: { kind: ['a', 'b'], way: ['up', 'down'] } }
  const set = createSeriesSet(metric)
  for (const kind of ['a', 'b']) for (const way of ['up', 'down']) t.match(set.of([kind, way]).labels, { kind, way })
  const open = createSeriesSet({ ...COUNTER, labels: { name: { of: 'name', atMost: 2 } } })
  for (const name of ['a', 'b', 'c', 'd']) open.of([name])
  t.same(labelsOf(open), ['a', 'b', 'other'])
})

t.test('with a series limit, the last series is for overflow', async t => {
  const labels = { name: { of: 'name', atMost: 9 }, place: { of: 'place', atMost: 9 } }
  const set = createSeriesSet({ ...COUNTER, labels, maxSeries: 3 })
  for (const name of ['a', 'b', 'c', 'd']) set.of([name, 'here'])
  t.same(labelsOf(set), ['a here', 'b here', 'other other'])
  const early = createSeriesSet({ ...COUNTER, labels, maxSeries: 3 })
  early.of(['other', 'other'])
  for (const name of ['a', 'b', 'c']) early.of([name, 'here'])
  t.same(labelsOf(early), ['other other', 'a here', 'b here'])
})

t.test('the first count creates the series that differ only in known values, at 0', async t => {
  const set = createSeriesSet({ ...COUNTER, labels: { name: { of: 'name', atMost: 9 }, status: ['good', 'bad'] } })
  set.of(['tea', 'good']).count += 1
  t.same(
    [...set.all()].map(({ labels, count }) => [labels.name, labels.status, count]),
    [
      ['tea', 'good', 1],
      ['tea', 'bad', 0],
    ],
  )
})

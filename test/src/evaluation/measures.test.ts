import t from 'tap'
import { abstentionCurve, areaUnderCurve, measure } from '../../../src/evaluation/measures.ts'
import { comparePaired, estimate } from '../../../src/evaluation/significance.ts'

const grades = (entries: Record<string, number>) => new Map(Object.entries(entries))

t.test('measures of a ranking equal those computed by hand', async t => {
  const { ndcg_at_10, recall_at_10, mrr_at_10, success_at_1 } = measure(['x', 'b', 'y', 'a'], grades({ a: 2, b: 1, c: 1, d: 0 }))
  const ideal = 2 + 1 / Math.log2(3) + 1 / Math.log2(4)
  t.equal(ndcg_at_10.toFixed(12), ((1 / Math.log2(3) + 2 / Math.log2(5)) / ideal).toFixed(12))
  t.equal(recall_at_10, 2 / 3)
  t.equal(mrr_at_10, 1 / 2)
  t.equal(success_at_1, 0)
})

t.test('documents below the depth of a measure do not count', async t => {
  const others = Array.from({ length: 10 }, (_, i) => `other${i}`)
  t.match(measure([...others, 'a'], grades({ a: 1 })), {
    ndcg_at_10: 0,
    recall_at_10: 0,
    recall_at_100: 1,
    mrr_at_10: 0,
  })
  t.match(measure([], grades({ a: 1 })), { ndcg_at_10: 0, recall_at_100: 0, success_at_1: 0 })
})

t.test('the area under the curve is the share of pairs in the right order, ties half', async t => {
  t.equal(areaUnderCurve([0.9, 0.8], [0.1, 0.2]), 1)
  t.equal(areaUnderCurve([0.1], [0.9]), 0)
  t.equal(areaUnderCurve([0.5, 0.5], [0.5]), 0.5)
  t.equal(areaUnderCurve([0.9, 0.3], [0.3, 0.5]), (1 + 1 + 0.5 + 0) / 4)
})

t.test('a threshold trades precision for recall', async t => {
  const [low, high, highest] = abstentionCurve([0.9, 0.6, 0.4], [0.5, 0.1], [0.3, 0.55, 0.95])
  t.same(low, { threshold: 0.3, precision: 3 / 4, recall: 1 })
  t.same(high, { threshold: 0.55, precision: 1, recall: 2 / 3 })
  t.same(highest, { threshold: 0.95, precision: 1, recall: 0 })
})

t.test('an interval contains its mean and narrows with more values', async t => {
  const few = estimate(Array.from({ length: 20 }, (_, i) => i % 2))
  const many = estimate(Array.from({ length: 2000 }, (_, i) => i % 2))
  for (const { mean, low, high } of [few, many]) {
    t.equal(mean, 0.5)
    t.ok(low <= mean && mean <= high)
  }
  t.ok(many.high - many.low < few.high - few.low)
  t.same(estimate([1, 1, 1]), { mean: 1, low: 1, high: 1 })
})

t.test('a difference in every query is significant, no difference is not', async t => {
  const before = Array.from({ length: 30 }, (_, i) => i / 100)
  t.match(comparePaired(before, before), { difference: 0, p: 1 })
  const { difference, p } = comparePaired(
    before,
    before.map(value => value + 0.1),
  )
  t.equal(difference.toFixed(6), '0.100000')
  t.ok(p < 0.001)
})

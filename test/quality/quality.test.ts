import t from 'tap'
import { measureQuality } from './quality.ts'

/*
 * Floors of the judged set, each one question below what is reached. Print the figures of a change
 * with `QUALITY=print npm run test:quality`; raise a floor with the figure that it guards.
 */
const FLOORS = {
  /** Of 60. */
  right: 48,
  /** Of 60: replies whose first sentences state the answer. */
  leading: 38,
  /** Of 25. */
  outOfScopeRefused: 19,
  /** One passage fell from the first place to the second. */
  ndcgAt10: 0.906,
  /** Of confidence, right replies against all others. */
  rightAuroc: 0.876,
}
const CEILINGS = {
  /** Of 60 that the documents answer. */
  refused: 3,
  /** One question of confidence 1 is wrong. */
  calibrationError: 0.0852,
  /** Of the replies. */
  defective: 1,
}

t.test('replies over the judged set are as good as before', async t => {
  const { replies, leading, ndcgAt10 } = await measureQuality()
  const { right, refused, out_of_scope_refused, defective, right_auroc, calibration } = replies
  if (process.env.QUALITY === 'print') t.comment(JSON.stringify({ ...replies, leading, ndcgAt10 }))

  t.ok(right >= FLOORS.right, `${right} of ${replies.with_known_answer} replies are right`)
  t.ok(leading >= FLOORS.leading, `${leading} of ${replies.questions} replies begin with the answer`)
  t.ok(
    out_of_scope_refused >= FLOORS.outOfScopeRefused,
    `${out_of_scope_refused} of ${replies.out_of_scope} are refused out of scope`,
  )
  t.ok(refused <= CEILINGS.refused, `${refused} of ${replies.questions} answerable questions are refused`)
  t.ok(ndcgAt10 >= FLOORS.ndcgAt10, `nDCG@10 is ${ndcgAt10.toFixed(4)}`)
  t.ok((right_auroc ?? 0) >= FLOORS.rightAuroc, `confidence separates right replies by ${right_auroc?.toFixed(4)}`)
  t.ok((calibration?.error ?? 1) <= CEILINGS.calibrationError, `the calibration error is ${calibration?.error.toFixed(4)}`)
  t.ok(defective <= CEILINGS.defective, `${defective} replies have a defect`)
})

import type { Comparison } from '../../evaluation/evaluation.ts'
import { MEASURES, type MeasureName } from '../../evaluation/measures.ts'
import type { ReplyFigures } from '../../evaluation/reply-figures.ts'
import { type EvaluatedFolder, type FolderFigures, type LeftOut, totalOf } from './folder-evaluation.ts'
import { alignTable } from './table.ts'

const TITLES: Readonly<Record<MeasureName, string>> = {
  ndcg_at_10: 'nDCG@10',
  recall_at_10: 'Recall@10',
  recall_at_100: 'Recall@100',
  mrr_at_10: 'MRR@10',
  success_at_1: 'Success@1',
}

/** One row for each folder and for all, and below it what is known about all replies together. */
export function describeEvaluation(
  evaluated: readonly EvaluatedFolder[],
  { threshold, comparison }: { readonly threshold: number; readonly comparison?: Comparison },
): string {
  const total = totalOf(evaluated)
  const rows = evaluated.map(({ name, figures: { replies, documents, measures } }) =>
    describeRow(name, replies, String(documents), measures?.ndcg_at_10.mean),
  )
  if (evaluated.length > 1) rows.push(describeRow('all', total.replies, '', total.ndcg_at_10))
  const details = evaluated.length > 1 ? [] : describeCollection(evaluated[0]!.figures, threshold, comparison)
  return [
    ...alignTable(HEADER, rows),
    ...evaluated.flatMap(({ name, leftOut }) => describeLeftOut(name, leftOut)),
    ...details,
    ...describeReplies(total.replies),
    ...evaluated.map(({ name, figures: { latency_ms } }) => {
      const [p50, p99] = [latency_ms.p50, latency_ms.p99].map(ms => `${ms.toFixed(2)} ms`)
      return `Latency of ${name}: ${p50} (p50), ${p99} (p99)`
    }),
    '',
  ].join('\n')
}

const HEADER = [
  'folder',
  'documents',
  'questions',
  'nDCG@10',
  'right',
  'in sources',
  'refused',
  'follow-ups right',
  'out of scope refused',
  'defects',
  'characters',
]

function describeRow(name: string, replies: ReplyFigures, documents: string, ndcg: number | undefined): readonly string[] {
  return [
    name,
    documents,
    String(replies.questions),
    ndcg?.toFixed(4) ?? NONE,
    share(replies.right, replies.with_known_answer),
    share(replies.in_sources, replies.with_known_answer),
    share(replies.refused, replies.questions),
    share(replies.follow_ups_right, replies.follow_ups),
    share(replies.out_of_scope_refused, replies.out_of_scope),
    share(replies.defective, replies.answered),
    replies.mean_chars.toFixed(0),
  ]
}

function describeLeftOut(name: string, { documents, files, questions }: LeftOut): readonly string[] {
  const parts = [
    [documents, 'documents that could not be read'],
    [files, 'files of another format or marked as drafts'],
    [questions, 'questions without a judgement above 0'],
  ] as const
  const left = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
  return left.length === 0 ? [] : [`Left out of ${name}: ${left.join(', ')}`]
}

/** Describes the rankings of a judged collection and its abstention by kind of question. */
function describeCollection(figures: FolderFigures, threshold: number, comparison: Comparison | undefined): readonly string[] {
  const { measures, abstention = {} } = figures
  if (measures === undefined) return []
  const rows = MEASURES.map(name => {
    const { mean, low, high } = measures[name]
    const change = comparison?.[name]
    const difference = change === undefined ? '' : `  ${signed(change.difference)} (p = ${change.p.toFixed(4)})`
    return `${TITLES[name].padEnd(11)} ${mean.toFixed(4)}  [${low.toFixed(3)}, ${high.toFixed(3)}]${difference}`
  })
  const groups = Object.entries(abstention).flatMap(([name, { questions, auroc, precision, recall }]) => [
    '',
    `${name}: ${questions} unanswerable questions, AUROC ${auroc.toFixed(3)}`,
    `Threshold ${threshold}: ${percent(recall)} of the answerable questions are answered; ${percent(precision)} of the answered questions are answerable`,
  ])
  return ['', ...rows, ...groups]
}

function describeReplies(replies: ReplyFigures): readonly string[] {
  const { mean_sources, longest_passage, defects, right_auroc, scope_auroc, calibration, phrasings } = replies
  const found = Object.entries(defects).map(([name, count]) => `${name.replaceAll('_', ' ')} ${count}`)
  const forms = Object.entries(phrasings).map(([name, { asked, missed }]) => `${name} ${missed} of ${asked}`)
  return [
    '',
    `Sources: ${mean_sources.toFixed(1)} for each reply, with passages of up to ${longest_passage} characters`,
    ...(found.length === 0 ? [] : [`Defects: ${found.join(', ')}`]),
    ...(forms.length === 0 ? [] : [`Right page missed, by phrasing: ${forms.join(', ')}`]),
    ...(right_auroc === undefined ? [] : [`Confidence of right replies against all others: AUROC ${right_auroc.toFixed(3)}`]),
    ...(scope_auroc === undefined
      ? []
      : [`Confidence of answerable against out-of-scope questions: AUROC ${scope_auroc.toFixed(3)}`]),
    ...(calibration === undefined ? [] : describeCalibration(calibration)),
    '',
  ]
}

function describeCalibration({ error, bins }: NonNullable<ReplyFigures['calibration']>): readonly string[] {
  const rows = bins.map(({ from, to, questions, confidence, answerable }) => [
    `${from.toFixed(1)}–${to.toFixed(1)}`,
    String(questions),
    confidence.toFixed(3),
    answerable.toFixed(3),
  ])
  return [
    `Expected calibration error: ${error.toFixed(3)}`,
    '',
    ...alignTable(['confidence', 'questions', 'mean', 'answerable'], rows),
  ]
}

const NONE = '–'

function share(part: number, whole: number): string {
  return whole === 0 ? NONE : percent(part / whole)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`
}

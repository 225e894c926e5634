import type { Asked } from '../../evaluation/asked.ts'
import type { Facts, Reply } from '../../evaluation/reply.ts'

/** A question that was not answered as it should be. */
export interface Miss {
  readonly id: string
  readonly question: string
  readonly history: readonly string[]
  /** What a right reply states. Absent if the question must be refused. */
  readonly expected?: Facts
  /** The page that was no source. */
  readonly page?: string
  readonly kind: Reply['kind']
  readonly confidence: number
  readonly response: string
}

/** UTF-16 code units of a reply that are printed. */
const SHOWN_LENGTH = 400

/** Lists wrong replies, replies out of scope and phrasings without the right page. */
export function listMisses({ questions, outOfScope, phrasings }: Asked): readonly Miss[] {
  const show = ({ kind, confidence, response }: Reply) => ({ kind, confidence, response })
  return [
    ...questions
      .filter(({ isRight }) => isRight === false)
      .map(({ id, question, history, facts, reply }) => ({ id, question, history, expected: facts, ...show(reply) })),
    ...outOfScope
      .filter(({ reply }) => reply.kind !== 'fallback')
      .map(({ id, question, reply }) => ({ id, question, history: [], ...show(reply) })),
    ...phrasings
      .filter(({ isFound }) => !isFound)
      .map(({ phrasing, question, page, reply }) => ({
        id: phrasing,
        question,
        history: [],
        page: page.source,
        ...show(reply),
      })),
  ]
}

/** Describes the misses of a folder, three lines each. */
export function describeMisses(folder: string, asked: Asked): string {
  return listMisses(asked)
    .map(({ id, question, history, expected, page, kind, confidence, response }) => {
      const wanted = expected?.map(facts => facts.join(' | ')).join('; ') ?? page ?? 'a refusal'
      const said = response.replaceAll('\n', ' ').slice(0, SHOWN_LENGTH)
      return `${folder} ${id}: ${[...history, question].join(' → ')}\n  Expected: ${wanted}\n  ${kind} ${confidence.toFixed(2)}: ${said}\n\n`
    })
    .join('')
}

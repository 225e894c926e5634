import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAnswerer } from '../../src/answering/answerer.ts'
import { createFolderService } from '../../src/cli/trial-service.ts'
import { readAnswerSet } from '../../src/evaluation/answer-set.ts'
import { type Asked, type AskedQuestion, askAnswerSet, joinAsked } from '../../src/evaluation/asked.ts'
import { measure } from '../../src/evaluation/measures.ts'
import { states } from '../../src/evaluation/reply.ts'
import { measureReplies, type ReplyFigures } from '../../src/evaluation/reply-figures.ts'
import { loadTexts } from '../../src/wording/texts-loader.ts'

/** What replies to the judged set are worth. */
export interface Quality {
  readonly asked: Asked
  readonly replies: ReplyFigures
  /** Replies that state the answer in their first `LEAD_LENGTH` characters. */
  readonly leading: number
  /** Of the passages that the search finds, with those of the right sections; mean, 0–1. */
  readonly ndcgAt10: number
  /** By question, in order. */
  readonly gains: readonly number[]
}

interface Judged {
  readonly question: string
  readonly history?: readonly string[]
  /** A regular expression for the locations of the right passages. */
  readonly page: string
}

/** `manual/docs` is a link to the manual. */
const BASES = ['handbook', 'reference', 'manual']
/** Of the manual: its pages for developers are no part of it. */
const USER_PAGES = '{*,integrations/*}.md'
const ROOT = join(import.meta.dirname, '../..')
/** The defaults of `ANSWER_THRESHOLD` and `ANSWER_LENGTH`. */
const DEFAULTS = { threshold: 0.4, answerLength: 800 }
/** A heading and two or three sentences. UTF-16 code units. */
const LEAD_LENGTH = 240

/** Asks all questions in the process, without a server or database, and measures the replies. */
export async function measureQuality(): Promise<Quality> {
  const { read, plan } = createAnswerer({ ...DEFAULTS, texts: loadTexts(undefined) })
  const asked: Asked[] = []
  const gains: number[] = []
  for (const base of BASES) {
    const folder = join(import.meta.dirname, base)
    const set = await readAnswerSet(folder)
    const docs = base === 'manual' ? join(set.docs, USER_PAGES) : set.docs
    const { search, converse } = await createFolderService(docs, ROOT, { ...DEFAULTS, clock: () => 0 })
    asked.push(await askAnswerSet(set, converse))
    for (const { question, history = [], page } of readJudged(folder)) {
      const turns = history.map(earlier => ({ question: earlier, title: '', quoted: '' }))
      const { passages } = await search(plan(read(question), turns))
      gains.push(rateRanking(passages, new RegExp(page)))
    }
  }
  const all = joinAsked(asked)
  return {
    asked: all,
    replies: measureReplies(all),
    leading: all.questions.filter(leads).length,
    ndcgAt10: gains.reduce((sum, gain) => sum + gain, 0) / gains.length,
    gains,
  }
}

function readJudged(folder: string): readonly Judged[] {
  const lines = readFileSync(join(folder, 'questions.jsonl'), 'utf8').trim().split('\n')
  return lines.map(line => JSON.parse(line))
}

/** The measure of a ranking whose only relevant passage is the best placed right one. */
function rateRanking(passages: readonly { readonly location: string }[], page: RegExp): number {
  const first = passages.findIndex(({ location }) => page.test(location))
  if (first === -1) return 0
  return measure(
    passages.map((_, i) => String(i)),
    new Map([[String(first), 1]]),
  ).ndcg_at_10
}

/** Whether a reply begins with the answer. */
export function leads({ reply, facts }: AskedQuestion): boolean {
  return reply.kind === 'answer' && facts !== undefined && states(reply.plain.slice(0, LEAD_LENGTH), facts)
}

import { toWire } from '../../../plugins/routes/replies/wire-names.ts'
import type { Answer } from '../../answering/answerer.ts'
import { explainAnswer } from '../../commands/explanation.ts'
import { listSources } from '../../commands/source-list.ts'
import type { SmallTalkReply } from '../../wording/small-talk.ts'
import { wrapReply } from './wrapping.ts'

export interface AskOptions {
  /** Print the figures behind the answer, too. */
  readonly explain: boolean
  readonly json: boolean
}

export interface AskDeps {
  readonly answer: (message: string) => Promise<Answer | SmallTalkReply>
  readonly stdout: Pick<NodeJS.WriteStream, 'write'> & { readonly columns?: number }
}

/** Exit code of a refusal and of small talk. 1 is that of an error, as for other commands. */
const REFUSED = 2
const DEFAULT_COLUMNS = 80
/** Wider lines are hard to read. */
const MAX_COLUMNS = 100

/**
 * Runs `pellucid ask`: answers a question from the documents. Resolves to the exit code: 0 for an
 * answer, 2 if the documents do not answer.
 */
export async function runAsk(question: string, { explain, json }: AskOptions, { answer, stdout }: AskDeps): Promise<number> {
  const found = await answer(question)
  const width = Math.min(stdout.columns ?? DEFAULT_COLUMNS, MAX_COLUMNS)
  const { kind, response, confidence, sources, suggestions } = found
  const workings = 'workings' in found ? found.workings : undefined
  if (json) {
    const shown = sources.map(({ origin: _, ...source }) => source)
    const reply = { response: response.text, responseText: response.plain, kind, confidence, sources: shown, suggestions }
    stdout.write(`${JSON.stringify(toWire(explain ? { ...reply, workings } : reply), undefined, 2)}\n`)
  } else {
    const explanation = explainAnswer({ question, kind, confidence, workings }).plain
    const parts = [
      wrapReply(response, width),
      ...(sources.length > 0 ? [`Sources:\n${listSources(sources).plain}`] : []),
      ...(explain ? [explanation] : []),
    ]
    stdout.write(`${withoutControls(parts.join('\n\n'))}\n`)
  }
  return kind === 'answer' ? 0 : REFUSED
}

/** Removes control characters of documents, which a terminal would obey. */
function withoutControls(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, '')
}

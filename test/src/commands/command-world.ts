import type { Source, Workings } from '../../../src/answering/workings.ts'
import type { Receipt, Turn } from '../../../src/chat/turn.ts'
import type { CommandContext, CommandResult } from '../../../src/commands/command.ts'
import { parseMessage } from '../../../src/commands/parsing/command-parser.ts'
import type { StoredPassage } from '../../../src/knowledge/document.ts'
import { createRedactor } from '../../../src/logging/redaction/redactor.ts'
import type { Session } from '../../../src/sessions/session.ts'
import { analysePassage } from '../../../src/text/passages/passage-analysis.ts'
import { loadTexts } from '../../../src/wording/texts-loader.ts'

const TEXTS = loadTexts().languages.en!
const redact = createRedactor().text

const OPENED_AT = Date.UTC(2026, 0, 15, 10, 30)

export interface CommandWorld {
  readonly session: Session
  readonly turns: readonly Turn[]
  readonly judgements: readonly { readonly turnId: string; readonly correct: boolean; readonly comment?: string }[]
  /** Stores a turn, as the chatbot does after each message. */
  add(turn: { message: string; response: string; kind: Receipt['kind']; sources?: readonly Source[]; workings?: Workings }): Turn
  /** Runs a command and stores it as a turn. */
  say(message: string): Promise<Omit<CommandResult, 'response'> & { readonly response: string; readonly logged: string }>
}

/** Commands on an in-memory session. Search returns the given passages that contain the query. */
export function createCommandWorld(passages: readonly StoredPassage[] = [], { pending = false } = {}): CommandWorld {
  let turns: readonly Turn[] = []
  const judgements: { turnId: string; correct: boolean; comment?: string }[] = []
  let session: Session = {
    id: 's',
    createdAt: OPENED_AT,
    lastActiveAt: OPENED_AT,
    expiresAt: OPENED_AT + 3_600_000,
    contextFrom: 0,
    turnCount: 0,
  }

  const contextNow = (): CommandContext => ({
    session,
    async retrieve(query, limit) {
      const found = passages
        .filter(({ text }) => text.includes(query))
        .map((passage, i) => ({ ...passage, score: 10 - i, ...analysePassage(passage, []) }))
      const noTerms = { terms: [], contextTerms: [], corrections: [], matchedTerms: [] }
      return { passages: found.slice(0, limit), scored: found.length, ...noTerms }
    },
    turns: async limit => turns.toReversed().slice(0, limit),
    withPassages: async turn => turn,
    async updateSession(change) {
      session = { ...session, ...change }
    },
    async eraseContent() {
      turns = turns.map(turn => ({
        ...turn,
        message: '',
        workings: undefined,
        receipt: { ...turn.receipt, response: '', sources: [] },
      }))
      return { turns: turns.length, pending }
    },
    texts: TEXTS,
    async recordFeedback(turnId, judgement) {
      judgements.push({ turnId, ...judgement })
      return turns.some(({ receipt }) => receipt.turnId === turnId)
    },
    status: async () => ({
      version: '1.2.3',
      uptimeMs: 93_784_000,
      openSessions: 3,
      documents: 42,
      passages: 512,
      database: 'ok',
    }),
  })

  const add: CommandWorld['add'] = ({ message, response, kind, sources = [], workings }) => {
    const seq = turns.length + 1
    const timingsMs = { queue: 0, session: 0.12, parse: 0.01, search: 0.4, answer: 0.2, total: 0.73 }
    const receipt = {
      response,
      responseText: response,
      kind,
      sources,
      sessionId: 's',
      turnId: `turn-${seq}`,
      traceId: 'abc123',
      confidence: 0.8,
      suggestions: [],
      timingsMs,
    }
    const turn: Turn = { receipt, seq, message, workings, requestId: `r${seq}`, createdAt: OPENED_AT + seq * 60_000 }
    turns = [...turns, turn]
    session = { ...session, turnCount: seq }
    return turn
  }

  return {
    get session() {
      return session
    },
    get turns() {
      return turns
    },
    judgements,
    add,
    async say(message) {
      const parsed = parseMessage(message)
      if (parsed.kind === 'question') throw new Error('not a command')
      const result = parsed.kind === 'command' ? await parsed.command.run(parsed.args, contextNow()) : parsed
      const { response } = result
      add({ message, response: response.text, kind: 'command' })
      return { ...result, response: response.text, logged: response.toLog(redact) }
    },
  }
}

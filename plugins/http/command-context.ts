import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { CommandContext } from '../../src/commands/command.ts'
import type { Session } from '../../src/sessions/session.ts'

export interface CommandContextOptions {
  readonly log: FastifyBaseLogger
  /** Version of the service. */
  readonly version: string
}

/** Gives the commands of a session the services of the application. */
export function createCommandContext(
  { audit, databaseManager, searchEngine, sessionManager }: FastifyInstance,
  session: Session,
  { log, version }: CommandContextOptions,
): CommandContext {
  const { turns, documents, manager } = databaseManager
  return {
    session,
    retrieve: searchEngine.retrieve,
    turns: limit => turns.list(session.id, { limit }),
    updateSession: change => sessionManager.update(session.id, change),
    async eraseContent() {
      const turnCount = await turns.eraseContent(session.id)
      audit.record('content_erased', { session_id: session.id, turns: turnCount, closed: false })
      return turnCount
    },
    async recordFeedback(turnId, judgement) {
      const isRecorded = await turns.recordFeedback(turnId, { ...judgement, createdAt: Date.now() })
      const facts = { function: 'record_feedback', judged_turn_id: turnId, correct: judgement.correct }
      if (isRecorded) log.info(facts, 'Feedback recorded')
      return isRecorded
    },
    async status() {
      return {
        version,
        uptimeMs: process.uptime() * 1000,
        openSessions: await sessionManager.countActive(),
        documents: await documents.count(),
        passages: searchEngine.index.state.passages,
        database: manager.state.writer === 'running' ? 'ok' : 'not writable',
      }
    },
  }
}

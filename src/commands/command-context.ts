import type { TurnStore } from '../chat/turn.ts'
import type { Session, SessionChange } from '../sessions/session.ts'
import type { CommandContext } from './command.ts'

/** The services that commands use, for all sessions. */
export interface CommandServices extends Pick<CommandContext, 'retrieve' | 'status'> {
  readonly turns: Pick<TurnStore, 'list' | 'withPassages' | 'eraseContent' | 'recordFeedback'>
  updateSession(id: string, change: SessionChange): Promise<void>
  /** Called after the content of a session's turns is erased. */
  onErased(sessionId: string, turnCount: number): void
  /** Milliseconds since 1970. */
  now(): number
}

/** Binds the services of commands to one session. */
export function createCommandContext(services: CommandServices, session: Session): CommandContext {
  const { turns, retrieve, status } = services
  return {
    session,
    retrieve,
    status,
    turns: limit => turns.list(session.id, { limit }),
    withPassages: turns.withPassages,
    updateSession: change => services.updateSession(session.id, change),
    async eraseContent() {
      const turnCount = await turns.eraseContent(session.id)
      services.onErased(session.id, turnCount)
      return turnCount
    },
    recordFeedback: (turnId, judgement) => turns.recordFeedback(turnId, { ...judgement, createdAt: services.now() }),
  }
}

import type { TurnStore } from '../chat/turn.ts'
import type { Session, SessionChange } from '../sessions/session.ts'
import type { CommandContext, ErasedContent } from './command.ts'

/** The services that commands use, for all sessions. */
export interface CommandServices extends Pick<CommandContext, 'retrieve' | 'status' | 'texts'> {
  readonly turns: Pick<TurnStore, 'list' | 'withPassages' | 'eraseContent' | 'recordFeedback'>
  updateSession(id: string, change: SessionChange): Promise<void>
  /** Resolves to whether the content that was erased has left the files. */
  isErased(): Promise<boolean>
  /** Called after the content of a session's turns is erased. */
  onErased(sessionId: string, erased: ErasedContent): Promise<void>
  /** Milliseconds since 1970. */
  now(): number
}

/** Binds the services of commands to one session. */
export function createCommandContext(services: CommandServices, session: Session): CommandContext {
  const { turns, retrieve, status, texts } = services
  return {
    session,
    retrieve,
    status,
    texts,
    turns: limit => turns.list(session.id, { limit }),
    withPassages: turns.withPassages,
    updateSession: change => services.updateSession(session.id, change),
    async eraseContent() {
      const erased = { turns: await turns.eraseContent(session.id), pending: !(await services.isErased()) }
      await services.onErased(session.id, erased)
      return erased
    },
    recordFeedback: (turnId, judgement) => turns.recordFeedback(turnId, { ...judgement, createdAt: services.now() }),
  }
}

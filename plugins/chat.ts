import type { FastifyInstance } from 'fastify'
import type { Config } from '../src/config.ts'
import { hasWebhooks } from '../src/webhooks/has-webhooks.ts'
import chat from './chat/chat.ts'
import commandParser from './chat/command-parser.ts'
import findSession from './chat/find-session.ts'
import sessionManager from './chat/session-manager.ts'
import sessionQueue from './chat/session-queue.ts'
import steadyClock from './chat/steady-clock.ts'

interface ChatOptions {
  readonly config: Config
  readonly version: string
}

/**
 * Turns of conversations: sessions, slash commands, messages from other systems.
 *
 * Needs all but `routes`. Gives turns.
 */
export function registerChat(app: FastifyInstance, { config, version }: ChatOptions): void {
  app.register(steadyClock, { config })
  app.register(findSession)
  app.register(sessionManager, { config })
  app.register(sessionQueue, { config })
  app.register(commandParser, { version })
  app.register(chat, { config })
  if (hasWebhooks(config)) app.register(import('./chat/webhooks.ts'), { config })
}

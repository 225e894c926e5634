import fp from 'fastify-plugin'
import { announceCommands, recordCommand } from '../otel/recording.ts'
import { ATTRIBUTES } from '../otel/tracing/conventions.ts'
import { traced } from '../otel/tracing.ts'
import type { Interpretation, Reply } from '../src/chat/chat.ts'
import type { CommandContext } from '../src/commands/command.ts'
import { COMMANDS } from '../src/commands/command-table.ts'
import { type ParsedMessage, parseMessage } from '../src/commands/parsing/command-parser.ts'
import type { Session } from '../src/sessions/session.ts'

declare module 'fastify' {
  interface FastifyInstance {
    commandParser: {
      /** Parses a message. A command is ready to run in a session; a question is for the documents. */
      interpret(message: string): Interpretation
    }
  }
}

/** Told in the place of a command's name where there is none such. */
const UNKNOWN = 'unknown'

/** Slash commands, told: what was parsed, whether it was valid and how it went, never what the arguments said. */
export default fp<{ readonly version: string }>(
  async (fastify, { version }) => {
    const log = fastify.log.child({ module: 'command_parser' })
    announceCommands([...COMMANDS.map(({ name }) => name), UNKNOWN])

    function parse(message: string): ParsedMessage {
      const parsed = parseMessage(message)
      if (parsed.kind === 'command') {
        log.debug(
          { function: 'parse_command', command: parsed.command.name, argument_count: parsed.argumentCount },
          'Parsed command',
        )
      } else if (parsed.kind === 'command-error') {
        log.info(
          {
            function: 'validate_command',
            command: parsed.command,
            problem: parsed.problem,
            argument_count: parsed.argumentCount,
          },
          'Refused command',
        )
      }
      return parsed
    }

    async function run(parsed: Exclude<ParsedMessage, { kind: 'question' }>, session: Session): Promise<Reply> {
      const base = { kind: 'command', confidence: 1, sources: [], suggestions: [] } as const
      if (parsed.kind === 'command-error') {
        recordCommand(parsed.command ?? UNKNOWN, 'refused')
        return { ...base, response: parsed.response, suggestions: parsed.suggestions, command: parsed.command }
      }
      const { name } = parsed.command
      const result = await measured(name, () => parsed.command.run(parsed.args, contextOf(session)))
      log.info({ function: 'run_command', command: name, source_count: result.sources?.length }, 'Ran command')
      return { ...base, ...result, command: name }
    }

    async function measured<Result>(command: string, runCommand: () => Result | Promise<Result>): Promise<Result> {
      const started = performance.now()
      try {
        const result = await runCommand()
        recordCommand(command, 'success', performance.now() - started)
        return result
      } catch (error) {
        recordCommand(command, 'error', performance.now() - started)
        throw error
      }
    }

    function contextOf(session: Session): CommandContext {
      const { turns, documents } = fastify.databaseManager
      return {
        session,
        retrieve: fastify.searchEngine.retrieve,
        turns: limit => turns.list(session.id, { limit }),
        updateSession: change => fastify.sessionManager.update(session.id, change),
        async eraseContent() {
          const turnCount = await turns.eraseContent(session.id)
          fastify.audit.record('content_erased', { session_id: session.id, turns: turnCount, closed: false })
          return turnCount
        },
        recordFeedback: (turnId, judgement) => turns.recordFeedback(turnId, { ...judgement, createdAt: Date.now() }),
        async status() {
          return {
            version,
            uptimeMs: process.uptime() * 1000,
            openSessions: await fastify.sessionManager.countActive(),
            documents: await documents.count(),
            passages: fastify.searchEngine.index.state.passages,
            database: fastify.databaseManager.manager.state.writer === 'running' ? 'ok' : 'not writable',
          }
        },
      }
    }

    const tracedParse = traced('parse', parse, { outcome: parsed => ({ [ATTRIBUTES.chatbotMessageKind]: parsed.kind }) })
    const tracedRun = traced('command', run, { outcome: reply => ({ [ATTRIBUTES.chatbotCommand]: reply.command }) })

    fastify.decorate('commandParser', {
      interpret(message) {
        const parsed = tracedParse(message)
        return parsed.kind === 'question' ? parsed : { kind: 'command', run: session => tracedRun(parsed, session) }
      },
    })
  },
  { name: 'command-parser', dependencies: ['audit', 'database-manager', 'search-engine', 'session-manager', 'telemetry'] },
)

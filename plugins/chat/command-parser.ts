import fp from 'fastify-plugin'
import { measureCommand } from '../../otel/metrics/command-metrics.ts'
import { announceCommands, recordCommand } from '../../otel/recording.ts'
import { ATTRIBUTES } from '../../otel/tracing/conventions.ts'
import { traced } from '../../otel/tracing.ts'
import type { Interpretation, Reply } from '../../src/chat/chat.ts'
import { type CommandServices, createCommandContext } from '../../src/commands/command-context.ts'
import { COMMANDS } from '../../src/commands/command-table.ts'
import { type ParsedMessage, parseMessage } from '../../src/commands/parsing/command-parser.ts'
import { logParsed } from '../../src/commands/parsing/parse-log.ts'
import { describeMissingDocuments } from '../../src/knowledge/missing-documents.ts'
import type { Session } from '../../src/sessions/session.ts'

declare module 'fastify' {
  interface FastifyInstance {
    commandParser: {
      /** Parses a message to a command that is ready to run, or to a question. */
      interpret(message: string): Interpretation
    }
  }
}

const DEPENDENCIES = ['answering', 'audit', 'database-manager', 'pseudonym', 'search-engine', 'session-manager', 'wording']
/** Metric label of commands that do not exist. */
const UNKNOWN = 'unknown'

/** Parses and runs slash commands, with spans, metrics and log lines. No argument is logged. */
export default fp<{ readonly version: string }>(
  async (fastify, { version }) => {
    const log = fastify.log.child({ module: 'command_parser' })
    const { answering, audit, databaseManager, pseudonym, searchEngine, sessionManager, wording } = fastify
    const services: CommandServices = {
      retrieve: answering.retrieve,
      turns: databaseManager.turns,
      updateSession: sessionManager.update,
      texts: wording.texts.languages[wording.texts.defaultLanguage]!,
      isErased: databaseManager.manager.erased,
      onErased: (id, erased) => audit.record('content_erased', { session_id: pseudonym.session(id), ...erased, closed: false }),
      now: Date.now,
      status: async () => ({
        version,
        uptimeMs: process.uptime() * 1000,
        openSessions: await sessionManager.countActive(),
        documents: await databaseManager.documents.count(),
        passages: searchEngine.index.state.passages,
        missing: describeMissingDocuments(searchEngine.owner()),
        database: databaseManager.manager.state.problem ?? 'ok',
      }),
    }
    announceCommands([...COMMANDS.map(({ name }) => name), UNKNOWN])

    function parse(message: string): ParsedMessage {
      const parsed = parseMessage(message)
      logParsed(log, parsed)
      return parsed
    }

    async function run(parsed: Exclude<ParsedMessage, { kind: 'question' }>, session: Session): Promise<Reply> {
      const base = { kind: 'command', confidence: 1, sources: [], suggestions: [] } as const
      if (parsed.kind === 'command-error') {
        recordCommand(parsed.command ?? UNKNOWN, 'refused')
        return { ...base, response: parsed.response, suggestions: parsed.suggestions, command: parsed.command }
      }
      const { name } = parsed.command
      const result = await measureCommand(name, () => parsed.command.run(parsed.args, createCommandContext(services, session)))
      log.info({ function: 'run_command', command: name, source_count: result.sources?.length }, 'Command executed')
      return { ...base, ...result, command: name }
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
  { name: 'command-parser', dependencies: DEPENDENCIES },
)

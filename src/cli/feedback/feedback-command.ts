import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Argument, type Command, InvalidArgumentError } from 'commander'
import { readVerdict, VERDICT_WORDS, type Verdict } from '../../base/verdict.ts'
import { type AnalyseOptions, addPeriod, analyse } from '../analyse/analyse-command.ts'
import type { AuditCommandDeps } from '../audit.ts'

/** Most characters of a comment, as in the REST API. */
const MAX_COMMENT = 2000

/** Adds `pellucid feedback`. `finish` gets the exit code. */
export function addFeedbackCommand(
  program: Command,
  auditDeps: () => AuditCommandDeps,
  finish: (exitCode: number) => void,
): void {
  const feedback = program.command('feedback').description('what users think of replies; the server may be running')
  addPeriod(feedback.command('list'))
    .description('list the replies that users judged bad, in groups, for those who write the documents')
    .action(async (options: AnalyseOptions) => {
      finish(await analyse('bad_feedback', options, auditDeps()))
    })
  feedback
    .command('add')
    .description('judge a reply; a new verdict replaces the earlier one')
    .argument('<turn>', 'id of the turn')
    .addArgument(new Argument('<verdict>', 'good or bad, also as a thumb, +1 or -1').argParser(parseVerdict))
    .argument('[comment...]', 'what was good or bad')
    // `-1` is a verdict here, and no option.
    .allowUnknownOption()
    .action(async (turn: string, verdict: Verdict, comment: readonly string[]) => {
      finish(await withTurns(auditDeps(), async ({ turns }) => addFeedback(turns, turn, verdict, comment.join(' '), auditDeps())))
    })
  feedback
    .command('export')
    .description("export the documents and the questions that users judged as a collection for 'evaluate'")
    .argument('<folder>', 'new folder; it will contain the text of users, unredacted')
    .action(async (folder: string) => {
      const [{ runExport }, { auditCommand }] = await Promise.all([
        import('./feedback-export.ts'),
        import('../command-record.ts'),
      ])
      const deps = auditDeps()
      finish(
        await withTurns(deps, async stores => {
          auditCommand('judgements_exported', {}, deps)
          return runExport(folder, { ...stores, stdout: process.stdout })
        }),
      )
    })
}

function parseVerdict(text: string): Verdict {
  const verdict = readVerdict(text)
  if (verdict === undefined) throw new InvalidArgumentError(`Use one of ${VERDICT_WORDS.join(', ')}.`)
  return verdict
}

type Stores = Awaited<ReturnType<typeof openStores>>['stores']

async function addFeedback(
  turns: Stores['turns'],
  turnId: string,
  verdict: Verdict,
  comment: string,
  { stdout, stderr, now }: AuditCommandDeps,
): Promise<number> {
  if (comment.length > MAX_COMMENT) {
    stderr.write(`VALIDATION_ERROR: A comment has at most ${MAX_COMMENT} characters\n`)
    return 1
  }
  const correct = verdict === 'good'
  const isStored = await turns.recordFeedback(turnId, { correct, ...(comment !== '' && { comment }), createdAt: now() })
  if (isStored) stdout.write(`Turn ${turnId} is judged ${correct ? 'good' : 'bad'}\n`)
  else stderr.write(`TURN_NOT_FOUND: There is no turn ${turnId}\n`)
  return isStored ? 0 : 1
}

async function withTurns(deps: AuditCommandDeps, run: (stores: Stores) => Promise<number>): Promise<number> {
  const { stores, close } = await openStores(deps)
  try {
    return await run(stores)
  } finally {
    await close()
  }
}

async function openStores({ config }: AuditCommandDeps) {
  const [{ openDatabase }, { createDocumentStore }, { createTurnStore }, { ChatError }] = await Promise.all([
    import('../../database/database-manager.ts'),
    import('../../database/document-store.ts'),
    import('../../database/turn-store.ts'),
    import('../../errors.ts'),
  ])
  const path = join(config.dataDir, 'pellucid.sqlite')
  if (!existsSync(path))
    throw new ChatError('CONFIGURATION_INVALID', { message: `DATA_DIR has no database: ${path} does not exist` })
  const database = openDatabase({ path, now: () => performance.now() })
  return { stores: { documents: createDocumentStore(database), turns: createTurnStore(database) }, close: database.close }
}

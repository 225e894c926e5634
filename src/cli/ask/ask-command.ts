import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { MAX_MESSAGE_CHARS } from '../../../plugins/routes/schemas/schemas.ts'
import { loadConfig } from '../../config.ts'
import type { AskOptions } from './ask.ts'

const HOW_TO_ADD = 'Add documents with: pellucid ingest FOLDER'

/** Adds `pellucid ask`. `finish` gets the exit code. */
export function addAskCommand(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('ask')
    .summary('answer a question from the documents, without a server')
    .description(
      'Answer a question from the documents in DATA_DIR, as the server answers the first message of a session. The command only reads; the server may be running. It exits with 0 for an answer, 2 if the documents do not answer or the message is small talk, and 1 after an error.',
    )
    .argument('<question...>', 'the question')
    .option('--explain', 'print how the answer was found, as /why does', false)
    .option('--json', 'print JSON with the fields of POST /chat; with --explain also workings', false)
    .action(async (words: string[], options: AskOptions) => finish(await ask(words.join(' '), options)))
}

async function ask(question: string, options: AskOptions): Promise<number> {
  const { stdout, stderr } = process
  const fail = (problem: string) => {
    stderr.write(`${problem}\n`)
    return 1
  }
  const config = loadConfig()
  const path = join(config.dataDir, 'pellucid.sqlite')
  if (question.trim() === '' || question.length > MAX_MESSAGE_CHARS)
    return fail(`Ask a question of 1 to ${MAX_MESSAGE_CHARS} characters.`)
  if (!existsSync(path)) return fail(`DATA_DIR has no database: ${path} does not exist. ${HOW_TO_ADD}`)
  const [{ runAsk }, { openOfflineAnswers }, { describeMissingDocuments }] = await Promise.all([
    import('./ask.ts'),
    import('./offline-answers.ts'),
    import('../../knowledge/missing-documents.ts'),
  ])
  const answers = await openOfflineAnswers({ config, report: line => stderr.write(`${line}\n`) })
  try {
    if (answers.owner === undefined) return fail(describeMissingDocuments(undefined)!)
    return await runAsk(question, options, { answer: answers.answer, stdout })
  } finally {
    answers.close()
  }
}

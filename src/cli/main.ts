import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { loadConfig } from '../config.ts'
import { ChatError } from '../errors.ts'
import { readVersion } from '../version.ts'

/** The `pellucid` command: resolves to the exit code. What a subcommand needs is loaded when it is called, so that `--help` is quick. */
export async function main(argv: readonly string[]): Promise<number> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  let exitCode = 0
  const program = new Command('pellucid')
    .description('A chatbot API that its operators can see through.')
    .version(readVersion())
    .showHelpAfterError()

  program
    .command('serve')
    .description('start the server; settings come from the environment and from .env')
    .action(async () => {
      // The SDK has to be there before what it observes.
      await import('../../otel/register.ts')
      await import('../server.ts')
    })

  program
    .command('ingest')
    .description('read documents into the database, beside a running server or without one')
    .argument('<paths...>', 'files, folders or globs: Markdown, HTML, reStructuredText, plain text, JSON Lines')
    .option('--prune', 'remove documents that were once ingested from these paths and are gone', false)
    .action(async (paths: string[], options: { prune: boolean }) => {
      exitCode = await ingest(paths, options)
    })

  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (!(error instanceof ChatError)) throw error
    process.stderr.write(`${error.code}: ${error.message}\n`)
    return 1
  }
  return exitCode
}

async function ingest(paths: readonly string[], { prune }: { readonly prune: boolean }): Promise<number> {
  const [{ openDatabase }, { makeDataDirectory }, { createDocumentStore }, { runIngest }] = await Promise.all([
    import('../database/database-manager.ts'),
    import('../database/data-directory.ts'),
    import('../database/document-store.ts'),
    import('./ingest.ts'),
  ])
  const { dataDir } = loadConfig()
  makeDataDirectory(dataDir)
  const database = openDatabase({ path: join(dataDir, 'pellucid.sqlite'), now: () => performance.now() })
  try {
    return await runIngest(
      paths,
      { prune },
      { store: createDocumentStore(database), stdout: process.stdout, stderr: process.stderr, now: Date.now, cwd: process.cwd() },
    )
  } finally {
    await database.close()
  }
}

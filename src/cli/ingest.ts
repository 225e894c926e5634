import { SingleBar } from 'cli-progress'
import type { DocumentStore } from '../knowledge/document.ts'
import { type IngestProgress, type IngestReport, ingest } from '../knowledge/ingest/ingest.ts'
import type { IngestSkip } from '../knowledge/ingest/skips.ts'
import { REDACTOR_MODULE } from '../logging/redaction/redactor.ts'
import { escapeControls } from '../text/printing/printable.ts'

/** The command's dependencies. */
export interface IngestDeps {
  readonly store: DocumentStore
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** A clock in milliseconds since 1970. */
  readonly now: () => number
  readonly cwd: string
  /** DATA_DIR, LOG_DIR and the files of the configuration: no document may include them. */
  readonly privatePaths?: readonly string[]
  /** The database written, and whether a server uses it. */
  readonly database?: string
  /** Called with the results of the run. */
  readonly onReport?: (report: IngestReport) => void
}

/** The command's options. */
export interface IngestCommandOptions {
  readonly prune: boolean
  /** Report what would be done, and write nothing. */
  readonly dryRun?: boolean
  readonly baseUrl?: string
  /** Folders besides those ingested that documents may include files of. */
  readonly includeRoot?: readonly string[]
}

/** Shows the progress of a run. */
interface ProgressView {
  update(progress: IngestProgress): void
  stop(): void
}

const LINE_INTERVAL_MS = 1000

/**
 * Runs `pellucid ingest`. Shows a progress bar on a terminal, otherwise one line per second; then
 * one line per failure on stderr, and a summary. Resolves to the exit code: 1 if anything was
 * skipped.
 */
export async function runIngest(paths: readonly string[], options: IngestCommandOptions, deps: IngestDeps): Promise<number> {
  const { store, stdout, stderr, now, cwd, privatePaths } = deps
  const view = stdout.isTTY ? createBar(stdout) : createLines(stdout, now)
  let report: IngestReport
  try {
    const { prune, dryRun, baseUrl, includeRoot } = options
    report = await ingest(paths, {
      store: dryRun ? withoutWrites(store) : store,
      prune,
      baseUrl,
      now,
      cwd,
      includeRoots: includeRoot,
      privatePaths,
      onProgress: view.update,
      redactorModule: REDACTOR_MODULE,
    })
  } finally {
    view.stop()
  }
  if (!options.dryRun) deps.onReport?.(report)
  for (const { where, problem } of report.failed) stderr.write(`${escapeControls(`${where}: ${problem}`)}\n`)
  for (const skip of report.skipped) stdout.write(`${escapeControls(describeSkip(skip))}\n`)
  if (deps.database !== undefined)
    stdout.write(`${options.dryRun ? 'Dry run: nothing was written to' : 'Database:'} ${deps.database}\n`)
  stdout.write(`${summarize(report)}\n`)
  return report.failed.length === 0 ? 0 : 1
}

/** What is done with the files in a step. */
const DONE: Readonly<Record<IngestProgress['step'], string>> = { survey: 'files surveyed', read: 'files' }

function createBar(stream: NodeJS.WriteStream): ProgressView {
  const bar = new SingleBar({
    stream,
    format: '{bar} {value}/{total} {done}, {documents} documents',
    hideCursor: true,
    clearOnComplete: true,
  })
  let isStarted = false
  return {
    update({ step, filesDone, filesTotal, documents }) {
      const facts = { documents, done: DONE[step] }
      if (!isStarted) bar.start(filesTotal, filesDone, facts)
      else bar.update(filesDone, facts)
      isStarted = true
    },
    stop: () => bar.stop(),
  }
}

function createLines(stream: NodeJS.WriteStream, now: () => number): ProgressView {
  let lastAt = now()
  return {
    update({ step, filesDone, filesTotal, documents }) {
      if (now() - lastAt < LINE_INTERVAL_MS) return
      lastAt = now()
      stream.write(`${filesDone} of ${filesTotal} ${DONE[step]}, ${documents} documents\n`)
    },
    stop() {},
  }
}

function describeSkip({ what, reason, files }: IngestSkip): string {
  if (reason === 'withdrawn') return `Removed ${what}: it is a draft now`
  if (reason === 'draft') return `Skipped ${what}: draft`
  if (reason === 'special') return `Skipped ${what}: not a regular file`
  if (reason === 'link') return `Skipped ${what}: a link to a folder; name the folder itself to read it`
  if (reason === 'outside')
    return `Skipped ${what}${files === 1 ? '' : ` and ${files - 1} more`}: links out of the folder given; name their targets to read them`
  if (reason === 'hidden')
    return `Skipped ${files} ${files === 1 ? 'file' : 'files'} in ${what}: a hidden folder; name the folder itself to read it`
  if (reason === 'part')
    return `Skipped ${files} ${files === 1 ? 'file' : 'files'} ${what}: a name that begins with _ is not a page`
  if (reason === 'unfilled')
    return `Skipped ${what}: it consists of included files, which were not found, are too large, hidden or in other folders`
  if (reason === 'include')
    return `Included ${files === 1 ? 'file' : 'files'} not found, too large, hidden or in other folders: ${files} in ${what}`
  const name = what === '' ? 'without an extension' : `with extension ${what}`
  return `Skipped ${files} ${files === 1 ? 'file' : 'files'} ${name}: format is not supported`
}

/** Returns a store that reads like the given one and ignores changes. */
function withoutWrites(store: DocumentStore): DocumentStore {
  return { ...store, put: async () => undefined, remove: async ids => ids.length }
}

function summarize({ added, replaced, unchanged, removed, failed, tookMs }: IngestReport): string {
  const seconds = (tookMs / 1000).toFixed(1)
  return `${added} added, ${replaced} replaced, ${unchanged} unchanged, ${removed} removed, ${failed.length} failed in ${seconds} s`
}

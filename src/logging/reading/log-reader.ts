import { existsSync } from 'node:fs'
import { errnoOf, messageOf } from '../../errors.ts'
import type { Archive, FileStream } from '../log-streams.ts'
import { type LogFile, listLogFiles, mayHold } from './file-list.ts'
import { readLineBlocks } from './line-blocks.ts'
import { createLineScanner, type LogLine } from './line-scanner.ts'
import { compileQuery, type LogQuery } from './log-query.ts'
import { type LineSource, mergeLines } from './merged-lines.ts'

export interface ReadOptions {
  /** Stream to read. By default `chatbot`, and the archives for the time before its first line. */
  readonly stream?: FileStream
  /** Whether to number lines, which visits every line. */
  readonly numbered?: boolean
  /** Limit for one file. */
  readonly end?: { readonly path: string; readonly bytes: number }
  /** Called for each file that cannot be read to its end; the other files are still read. */
  readonly onProblem: (path: string, problem: string) => void
}

/** First time of a file. */
interface Beginning {
  /** Time of the first line that has one; minus infinity if none has. */
  readonly at: number
  /** Lines of exactly that time. */
  readonly lines: ReadonlySet<string>
}

const ARCHIVES: readonly Archive[] = ['debug', 'info', 'warning', 'error']
const ANY_LINE = compileQuery({})
const BEGINNING_BYTES = 64 * 1024

/**
 * Reads the lines of a log folder that match a query, in order of time, each once; lines of the
 * same time in file order. Includes rotated and compressed files, and skips files that cannot
 * match. Memory: about 5 MB for each file that overlaps in time with others. `bench/reading.ts`
 * measures the cost.
 *
 * @throws If a stream's folder exists but cannot be listed.
 */
export async function* readLog(
  dir: string,
  query: LogQuery,
  options: ReadOptions,
): AsyncGenerator<readonly LogLine[], void, undefined> {
  if (options.stream !== undefined) return yield* mergeLines(await sourcesOf(listLogFiles(dir, [options.stream]), query, options))
  const files = listLogFiles(dir, ['chatbot'])
  const reach = files[0] && (await readBeginning(files[0]))
  const until = Math.min(query.until ?? Number.POSITIVE_INFINITY, reach?.at ?? Number.POSITIVE_INFINITY)
  const older = until === Number.NEGATIVE_INFINITY ? [] : listLogFiles(dir, ARCHIVES)
  yield* mergeLines([
    ...(await sourcesOf(older, Number.isFinite(until) ? { ...query, until } : query, options, reach)),
    ...(await sourcesOf(files, query, options)),
  ])
}

/**
 * Creates sources for the files that may match. Lines in `known` are skipped, because another file
 * holds them.
 */
async function sourcesOf(
  files: readonly LogFile[],
  query: LogQuery,
  { numbered = false, end, onProblem }: ReadOptions,
  known?: Beginning,
): Promise<readonly LineSource[]> {
  const filter = compileQuery(query)
  const sources: LineSource[] = []
  for (const file of files.filter(file => mayHold(file, query))) {
    const { at: startsAt } = await readBeginning(file)
    sources.push({ startsAt, open: () => readLines(file, startsAt) })
  }
  return sources

  async function* readLines(file: LogFile, startsAt: number) {
    const scan = createLineScanner(file, filter, { numbered, startsAt })
    try {
      for await (const block of readLineBlocks(currentForm(file), file.path === end?.path ? end.bytes : undefined)) {
        const lines = scan(block)
        yield known === undefined ? lines : lines.filter(({ at, text }) => at !== known.at || !known.lines.has(text))
      }
    } catch (error) {
      // Retention has deleted the file in the meantime.
      if (errnoOf(error) === 'ENOENT') return
      onProblem(file.path, messageOf(error))
    }
  }
}

async function readBeginning(file: LogFile): Promise<Beginning> {
  const scan = createLineScanner(file, ANY_LINE, { numbered: false, startsAt: Number.NEGATIVE_INFINITY })
  try {
    for await (const block of readLineBlocks(currentForm(file), BEGINNING_BYTES)) {
      const timed = scan(block).filter(({ at }) => at > Number.NEGATIVE_INFINITY)
      const at = timed[0]?.at
      if (at !== undefined) return { at, lines: new Set(timed.filter(line => line.at === at).map(({ text }) => text)) }
    }
  } catch {
    // Reading the file reports the same problem.
  }
  return { at: Number.NEGATIVE_INFINITY, lines: new Set() }
}

/** Returns the file, which may have been compressed since it was listed. */
function currentForm(file: LogFile): LogFile {
  if (file.compressed || existsSync(file.path) || !existsSync(`${file.path}.gz`)) return file
  return { ...file, path: `${file.path}.gz`, compressed: true }
}

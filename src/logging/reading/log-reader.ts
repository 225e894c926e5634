import { existsSync } from 'node:fs'
import { errnoOf, messageOf } from '../../errors.ts'
import type { Archive, FileStream } from '../log-streams.ts'
import { type LogFile, listLogFiles, mayHold } from './file-list.ts'
import { readLineBlocks } from './line-blocks.ts'
import { createLineScanner, type LogLine } from './line-scanner.ts'
import { compileQuery, type LogQuery } from './log-query.ts'
import { type LineSource, mergeLines } from './merged-lines.ts'

export interface ReadOptions {
  /** The one stream to read. Left out: `chatbot`, and for the times before its first line the archives. */
  readonly stream?: FileStream
  /** Whether each line gets its number, which takes a visit to every line. */
  readonly numbered?: boolean
  /** A file that is to be read no further than this. */
  readonly end?: { readonly path: string; readonly bytes: number }
  /** Hears of files that could not be read, or not to their end; the others are read all the same. */
  readonly onProblem: (path: string, problem: string) => void
}

/** What the beginning of a file tells. */
interface Beginning {
  /** Time of the first line that has one; minus infinity where none has. */
  readonly at: number
  /** The lines of that very time. */
  readonly lines: ReadonlySet<string>
}

const ARCHIVES: readonly Archive[] = ['debug', 'info', 'warning', 'error']
const ANY_LINE = compileQuery({})
const BEGINNING_BYTES = 64 * 1024

/**
 * Reads the lines of a log folder that a query wants, in the order of their times, each once; lines of the same time in the order of their files.
 * Rotated and compressed files are read as well, and left out where they cannot hold anything wanted. Memory: some 5 MB for each file that
 * overlaps in time with others, however large they are. Cost: `bench/reading.ts` measures it.
 *
 * @throws Where a stream's folder is there but cannot be listed.
 */
export async function* readLog(
  dir: string,
  query: LogQuery,
  options: ReadOptions,
): AsyncGenerator<readonly LogLine[], void, undefined> {
  if (options.stream !== undefined) return yield* mergeLines(await openable(listLogFiles(dir, [options.stream]), query, options))
  const files = listLogFiles(dir, ['chatbot'])
  const reach = files[0] && (await readBeginning(files[0]))
  const until = Math.min(query.until ?? Number.POSITIVE_INFINITY, reach?.at ?? Number.POSITIVE_INFINITY)
  const older = until === Number.NEGATIVE_INFINITY ? [] : listLogFiles(dir, ARCHIVES)
  yield* mergeLines([
    ...(await openable(older, Number.isFinite(until) ? { ...query, until } : query, options, reach)),
    ...(await openable(files, query, options)),
  ])
}

/** Makes sources of the files that may hold wanted lines; a line that is among the `known` ones comes from another file. */
async function openable(
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
      // Retention has taken it meanwhile.
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
    // Whoever reads on meets the same problem, and tells it.
  }
  return { at: Number.NEGATIVE_INFINITY, lines: new Set() }
}

/** The file as it is now: it may have been compressed since it was listed. */
function currentForm(file: LogFile): LogFile {
  if (file.compressed || existsSync(file.path) || !existsSync(`${file.path}.gz`)) return file
  return { ...file, path: `${file.path}.gz`, compressed: true }
}

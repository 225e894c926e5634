import { readFile, writeFile } from 'node:fs/promises'
import { ChatError } from '../errors.ts'

/** The documents found for each query, best first. */
export type Rankings = ReadonlyMap<string, readonly { readonly id: string; readonly score: number }[]>

const LINE = /^([^\t]+)\t([^\t]+)\t(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i
/** Characters that an id in a tab-separated line must not contain. */
const TEARING = /[\t\r\n]/

/**
 * Writes one line per hit: query, document and score, separated by tabs.
 * @throws {ChatError} COLLECTION_UNREADABLE if the file is not writable or an id contains a tab or
 * line break.
 */
export async function writeRun(file: string, rankings: Rankings): Promise<void> {
  const torn = [...rankings]
    .flatMap(([query, documents]) => [query, ...documents.map(({ id }) => id)])
    .find(id => TEARING.test(id))
  if (torn !== undefined)
    throw new ChatError('COLLECTION_UNREADABLE', {
      message: `${file}: The id ${JSON.stringify(torn)} contains a tab or a line break.`,
    })
  const lines = [...rankings].flatMap(([query, documents]) => documents.map(({ id, score }) => `${query}\t${id}\t${score}\n`))
  try {
    await writeFile(file, lines.join(''))
  } catch (cause) {
    throw new ChatError('COLLECTION_UNREADABLE', { message: `${file} is not writable.`, cause })
  }
}

/**
 * Reads a run that `writeRun` or another program wrote, in any order.
 * @throws {ChatError} COLLECTION_UNREADABLE with file and line.
 */
export async function readRun(file: string): Promise<Rankings> {
  const rankings = new Map<string, { id: string; score: number }[]>()
  const seen = new Set<string>()
  const text = await readFile(file, 'utf8').catch(cause => {
    throw new ChatError('COLLECTION_UNREADABLE', { message: `${file} does not exist or is not readable.`, cause })
  })
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const [, query, id, score] = LINE.exec(line.trimEnd()) ?? []
    if (query === undefined || id === undefined)
      throw new ChatError('COLLECTION_UNREADABLE', {
        message: `${file}:${index + 1}: Expected query, document and score, separated by tabs.`,
      })
    const documents = rankings.get(query) ?? []
    const pair = `${query}\t${id}`
    if (seen.has(pair))
      throw new ChatError('COLLECTION_UNREADABLE', {
        message: `${file}:${index + 1}: The query ${query} lists the document ${id} twice.`,
      })
    seen.add(pair)
    documents.push({ id, score: Number(score) })
    rankings.set(query, documents)
  }
  for (const documents of rankings.values()) documents.sort((a, b) => b.score - a.score)
  return rankings
}

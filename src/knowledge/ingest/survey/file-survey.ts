import { MAX_DOCUMENT_BYTES } from '../../document.ts'
import { furnitureKey } from '../../formats/html/furniture.ts'
import { readJsonLines } from '../../formats/json-lines.ts'
import { createTimeBudget } from '../../formats/limits/time-budget.ts'
import { readFrontMatter } from '../../formats/markdown/front-matter.ts'
import { formatOf } from '../../formats/source-format.ts'
import { decodeText } from '../../formats/text-decoder.ts'
import { type PageReferences, readPageReferences } from '../linked-files/cross-references.ts'
import { openRegularFile, readRegularFile } from '../regular-file.ts'
import type { SourceFile } from '../source-finder.ts'
import type { Page } from './repeated-blocks.ts'

/** What other files of a run depend on. Plain data. */
export interface FileSurvey {
  /** The titles of its documents. */
  readonly titles: readonly string[]
  /** The description in front matter, as it is shown. */
  readonly description?: string
  /** The blocks of an HTML page. */
  readonly page?: Page
  readonly references?: PageReferences
}

/** Titles of one folder, or of one file of JSON Lines, that are compared. */
export const MAX_TITLES = 20_000

const NOTHING: FileSurvey = { titles: [] }

/**
 * Reads what other files depend on. Parses HTML pages, and of Markdown only the front matter. A
 * file that cannot be read has no survey: it is reported when it is read.
 */
export async function surveyFiles(files: readonly SourceFile[]): Promise<readonly (FileSurvey | undefined)[]> {
  const surveys: (FileSurvey | undefined)[] = []
  for (const file of files) surveys.push(await surveyFile(file).catch(() => undefined))
  return surveys
}

async function surveyFile({ file, root }: SourceFile): Promise<FileSurvey> {
  const format = formatOf(file)
  if (format === 'json-lines') return { titles: await titlesInLines(openRegularFile(file, root).descriptor) }
  if (format !== 'html' && format !== 'markdown' && format !== 'rst') return NOTHING
  const text = decodeText(readRegularFile(file, root, MAX_DOCUMENT_BYTES)).replace(/\r\n?/g, '\n')
  if (format === 'html') return surveyHtml(text, file)
  const references = readPageReferences(file, text)
  if (format === 'rst') return { ...NOTHING, references }
  const { title, description } = readFrontMatter(text)
  return {
    titles: title === undefined ? [] : [title],
    references,
    ...(description !== undefined && { description: await inlineText(description) }),
  }
}

async function titlesInLines(descriptor: number): Promise<string[]> {
  const titles: string[] = []
  for await (const line of readJsonLines(descriptor)) {
    if (line.kind === 'document' && line.document.title !== undefined) titles.push(line.document.title)
    if (titles.length === MAX_TITLES) break
  }
  return titles
}

async function surveyHtml(text: string, file: string): Promise<FileSurvey> {
  const { parseHtml } = await import('../../formats/html/html.ts')
  const { title, sections } = parseHtml(text, createTimeBudget(text.length), file)
  return { titles: title === undefined ? [] : [title], page: sections.flatMap(({ blocks }) => blocks.map(furnitureKey)) }
}

async function inlineText(markdown: string): Promise<string> {
  const { readInline } = await import('../../formats/markdown/inline-text.ts')
  return readInline(markdown)
}

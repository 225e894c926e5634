import { extname } from 'node:path'
import type { DocumentFormat } from '../../document.ts'
import { readFrontMatter } from '../../formats/markdown/front-matter.ts'
import { splitEvalRst } from '../../formats/markdown/myst/eval-rst.ts'
import { type IncludeFolders, readIncluded } from './included-file.ts'
import { linesBetween, optionOf, selectLines } from './included-parts.ts'
import { createExampleFinder, MARKDOWN_INCLUDE, readMarkdownInclude } from './markdown-includes.ts'

const RST =
  /^([^\S\n]{0,100})\.\. (?:(literalinclude|include)::[^\S\n]+(\S+)[^\S\n]*|csv-table::([^\n]*))((?:\n[^\S\n]+:[\w-]+:[^\n]*)*)/gm
/** Lines without content of their own: headings, fences, targets, fields and imports. */
const UNFILLED = /^\s*(?:$|#{1,6}\s|`{3}|~{3}|\.\. _|:[\w-]+:|import\s|<!--.*-->\s*$)/
/** Where files may be included. */
const HINT = /8<-|@include\s|<<<|\{\*|include-markdown|\{(?:literal)?include\}|include::|csv-table::/
/** A title of reStructuredText. */
const TITLE = /^(?:([=\-~^"'`#*+.])\1+[^\S\n]*\n)?[^\n]+\n([=\-~^"'`#*+.])\2+[^\S\n]*$/gm
/** Includes of a page, and characters that they add to it. */
const MAX_INCLUDES = 500
const MAX_ADDED_CHARS = 2_000_000
const MAX_DEPTH = 5

/** A document with the content of the files that it includes. */
export interface ExpandedDocument {
  readonly text: string
  /** Paths, as written, of files that cannot be included. */
  readonly missing: readonly string[]
  /** Whether the document has headings and included files only, of which none could be read. */
  readonly isUnfilled: boolean
}

interface Expansion {
  readonly folders: IncludeFolders
  /** The current file and those around it, each with the options that select a part of it. */
  readonly chain: readonly string[]
  readonly budget: { includes: number; chars: number; readonly missing: Set<string> }
}

/**
 * Replaces the lines and directives of a document that include other files by their content: code
 * in `{* file *}`, `<<< file`, `--8<-- "file"` and `literalinclude`, text in `include`, `@include`
 * and `include-markdown`, which may include further files, up to five levels. A file that does not
 * exist, is too large, or is outside the folders leaves the line unchanged, and so does a file that
 * includes itself.
 */
export async function expandIncludes(text: string, format: DocumentFormat, folders: IncludeFolders): Promise<ExpandedDocument> {
  const budget = { includes: MAX_INCLUDES, chars: MAX_ADDED_CHARS, missing: new Set<string>() }
  if (format !== 'rst' && format !== 'markdown') return { text, missing: [], isUnfilled: false }
  const expanded = await expand(text, format, { folders, chain: [`${folders.file}\n`], budget })
  return { text: expanded, missing: [...budget.missing], isUnfilled: expanded === text && isUnfilled(text, format) }
}

function isUnfilled(text: string, format: 'rst' | 'markdown'): boolean {
  const body = format === 'markdown' ? text.slice(readFrontMatter(text).length) : text
  const others = body.replace(format === 'rst' ? RST : MARKDOWN_INCLUDE, '')
  const filled = format === 'rst' ? others.replace(TITLE, '') : others
  return others !== body && filled.split('\n').every(line => UNFILLED.test(line))
}

async function expand(text: string, format: 'rst' | 'markdown', expansion: Expansion): Promise<string> {
  if (!HINT.test(text)) return text
  const parts: string[] = []
  let end = 0
  const findExample = format === 'rst' ? undefined : createExampleFinder(text)
  for (const match of text.matchAll(format === 'rst' ? RST : MARKDOWN_INCLUDE)) {
    const kind = findExample?.(match) ?? 'shown'
    if (kind === 'example') continue
    if (expansion.budget.includes-- <= 0) break
    const content =
      format === 'rst' ? await includeRst(match, expansion) : await includeMarkdown(match, kind === 'shown', expansion)
    if (content === undefined) continue
    if (content.length > expansion.budget.chars) {
      expansion.budget.missing.add(format === 'rst' ? (match[3] ?? '') : readMarkdownInclude(match).written)
      continue
    }
    expansion.budget.chars -= content.length
    parts.push(text.slice(end, match.index), content)
    end = match.index + match[0].length
  }
  const expanded = parts.join('') + text.slice(end)
  return format === 'rst' ? expanded : expandEvalRst(expanded, expansion)
}

/** Expands the includes in the reStructuredText of a page of MyST. */
async function expandEvalRst(text: string, expansion: Expansion): Promise<string> {
  const parts: string[] = []
  for (const part of splitEvalRst(text)) parts.push(part.isRst ? await expand(part.text, 'rst', expansion) : part.text)
  return parts.join('\n')
}

/** @param isReported Whether a missing file is reported. That of an example need not exist. */
async function includeMarkdown(match: RegExpMatchArray, isReported: boolean, expansion: Expansion): Promise<string | undefined> {
  const include = readMarkdownInclude(match)
  const { indent, path, kind, options } = include
  const found = await readIncluded(path, expansion.folders)
  if (found === undefined) {
    if (isReported) expansion.budget.missing.add(include.written)
    return undefined
  }
  if (kind === 'page') {
    const content = include.select(found.text.slice(readFrontMatter(found.text).length))
    return expandWithin(content, 'markdown', `${found.file}\n${include.part}`, found.file, indent, expansion)
  }
  const content = include.select(found.text).split('\n')
  if (kind === 'plain') return indentLines(content, indent)
  const caption = optionOf(options, 'caption')
  const title = caption === undefined ? '' : ` title="${caption.replaceAll('"', "'")}"`
  const language = optionOf(options, 'language') ?? optionOf(options, 'code') ?? languageOf(path)
  return indentLines([`\`\`\`${language}${title}`, ...content, '```'], indent)
}

function indentLines(lines: readonly string[], indent: string): string {
  return lines.map(line => indent + line).join('\n')
}

/** Expands the includes of an included text; undefined if it includes itself. */
async function expandWithin(
  content: string,
  format: 'rst' | 'markdown',
  key: string,
  file: string,
  indent: string,
  { folders, chain, budget }: Expansion,
): Promise<string | undefined> {
  if (chain.includes(key) || chain.length > MAX_DEPTH) return undefined
  const within = { ...folders, file, page: folders.page ?? folders.file }
  const text = await expand(content, format, { folders: within, chain: [...chain, key], budget })
  // An empty line separates the text from what follows it.
  return `${text}\n`.replace(/^/gm, indent)
}

async function includeRst(match: RegExpMatchArray, expansion: Expansion): Promise<string | undefined> {
  const [, indent = '', name, path = optionOf(match[5], 'file'), table = '', options = ''] = match
  if (path === undefined) return undefined
  const found = await readIncluded(path, expansion.folders)
  if (found === undefined) {
    // An indented directive may be an example, and `<isonum.txt>` belongs to Docutils.
    if (indent === '' && !path.startsWith('<')) expansion.budget.missing.add(path)
    return undefined
  }
  if (name === undefined) return showTable(indent, table, options, found.text)
  const lines = linesBetween(found.text, options)
  const isText = name === 'include' && !/:(?:literal|code):/.test(options)
  if (!isText) return showCode(indent, name === 'include' ? '' : languageOf(path), options, lines)
  return expandWithin(lines.join('\n'), 'rst', `${found.file}\n${options}`, found.file, indent, expansion)
}

function showTable(indent: string, title: string, options: string, content: string): string {
  const others = options.split('\n').filter(option => option.trim() !== '' && !option.includes(':file:'))
  const rows = content.split('\n').map(line => `${indent}   ${line}`)
  return [`${indent}.. csv-table::${title}`, ...others, '', ...rows].join('\n')
}

function showCode(indent: string, defaultLanguage: string, options: string, content: readonly string[]): string {
  const language = optionOf(options, 'language') ?? optionOf(options, 'code') ?? defaultLanguage
  const lines = selectLines(content, optionOf(options, 'lines'))
  const caption = optionOf(options, 'caption')
  const title = caption === undefined ? [] : [`${indent}   :caption: ${caption}`]
  return [`${indent}.. code-block:: ${language}`, ...title, '', ...lines.map(line => `${indent}   ${line}`), ''].join('\n')
}

function languageOf(path: string): string {
  const extension = extname(path).slice(1)
  return { py: 'python', js: 'javascript', ts: 'typescript', sh: 'bash', yml: 'yaml', txt: '' }[extension] ?? extension
}

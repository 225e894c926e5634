import { dirname, join } from 'node:path/posix'
import { readFrontMatter } from '../../formats/markdown/front-matter.ts'
import { type MystPart, splitEvalRst } from '../../formats/markdown/myst/eval-rst.ts'
import { writeHiddenTitles } from '../../formats/markdown/myst/hidden-titles.ts'
import { isMystPage, readTargets } from '../../formats/markdown/myst/myst.ts'
import { readLabels, readTitle } from '../../formats/rst/labels.ts'
import { writeTitles } from '../../formats/rst/reference-titles.ts'
import { tocPaths } from '../../formats/rst/toctree.ts'
import type { SourceFile } from '../source-finder.ts'

/** The titles that references between documents of Sphinx show, in reStructuredText and MyST. */
export interface CrossReferences {
  readonly labels: ReadonlyMap<string, string>
  /** Titles of documents, by path without extension. */
  readonly titles: ReadonlyMap<string, string>
}

const MARKDOWN = /\.(?:md|markdown)$/i
/** A role with a target, or a link without text. */
const MYST_REFERENCE = /\{(ref|numref|doc)\}`([^`<>\n]+)`|\[\]\(([^)\s]{1,300})\)/g
const REFERENCE = /:(?:std:)?(ref|numref|doc):`([^`<>\n]+)`/g

/** What a page contributes. */
export interface PageReferences {
  readonly title?: string
  readonly labels: readonly (readonly [label: string, title: string])[]
}

/** Reads the labels and the title of a page in reStructuredText or Markdown. */
export function readPageReferences(file: string, text: string): PageReferences {
  const isMarkdown = MARKDOWN.test(file)
  if (!isMarkdown && !/\.rst$/i.test(file)) return { labels: [] }
  const title = isMarkdown ? markdownTitle(text) : readTitle(text)
  return { labels: [...(isMarkdown ? readTargets(text) : readLabels(text))], ...(title !== undefined && { title }) }
}

/** Joins what the pages of a run contribute. Of equal labels, the last one counts. */
export function joinReferences(
  pages: readonly (readonly [SourceFile, { readonly references?: PageReferences }])[],
): CrossReferences {
  const labels = new Map<string, string>()
  const titles = new Map<string, string>()
  for (const [{ file }, { references }] of pages) {
    for (const [label, title] of references?.labels ?? []) labels.set(label.toLowerCase(), title)
    if (references?.title !== undefined) titles.set(withoutExtension(file), references.title)
  }
  return { labels, titles }
}

function markdownTitle(text: string): string | undefined {
  const { title, length } = readFrontMatter(text)
  return title ?? /^#[^\S\n]+(\S[^\n]*)/m.exec(text.slice(length))?.[1]?.replace(/[`*]/g, '').trim()
}

function withoutExtension(path: string): string {
  return path.replace(/\.(?:rst|md|markdown)$/i, '')
}

/** Adds the titles that a page of MyST refers to, by target as written, as a comment at its end. */
export function addMystTitles(text: string, source: SourceFile, references: CrossReferences): string {
  if (!isMystPage(text)) return text
  const { file, base } = source
  const { labels, titles } = references
  const found = new Map<string, string>()
  for (const [, role, target = '', link = ''] of text.matchAll(MYST_REFERENCE)) {
    const written = (role === undefined ? link : target).trim()
    const path = withoutExtension(written)
    const isPath = role === 'doc' || (role === undefined && path !== written)
    const label = labels.get(written.replace(/^#/, '').toLowerCase())
    const title = isPath ? titles.get(path.startsWith('/') ? join(base, path) : join(dirname(file), path)) : label
    if (title !== undefined) found.set(written, title)
  }
  const parts = splitEvalRst(text).map(part => (part.isRst ? addTitlesWithin(part, source, references) : part.text))
  return parts.join('\n') + writeHiddenTitles(found)
}

/** Adds titles to reStructuredText in a page of MyST, within its fence. */
function addTitlesWithin({ text, indent }: MystPart, source: SourceFile, references: CrossReferences): string {
  const added = addReferenceTitles(text, source, references).slice(text.length)
  return text + added.replaceAll('\n.', `\n${indent}.`)
}

/** Adds the titles of the other files that a document refers to or lists. */
export function addReferenceTitles(text: string, { file, base }: SourceFile, { labels, titles }: CrossReferences): string {
  const found = new Map<string, string>()
  const titleOf = (path: string) => titles.get(path.startsWith('/') ? join(base, path) : join(dirname(file), path))
  const add = (key: string, title: string | undefined) => title !== undefined && found.set(key, title)
  for (const [, role, target = ''] of text.matchAll(REFERENCE)) {
    const label = target.trim().toLowerCase()
    if (role === 'doc') add(`doc ${target}`, titleOf(target))
    else add(`ref ${label}`, labels.get(label))
  }
  for (const path of tocPaths(text)) add(`doc ${path}`, titleOf(path.replace(/\.rst$/i, '')))
  return text + writeTitles(found)
}

import { createBlockGroup } from './block-group.ts'
import type { Block, ParsedDocument, Section } from './parsed-document.ts'
import { partsOf, type SectionDraft } from './section-parts.ts'
import type { Cell } from './tables/table-spans.ts'

/** Collects a document's parts in reading order and arranges them below their headings. */
export interface Outline {
  /**
   * Begins a section below the closest heading of a lower depth. Depths may skip numbers. An empty
   * heading is ignored.
   */
  heading(depth: number, text: string, anchor?: string): void
  /** Adds a paragraph. */
  prose(text: string): void
  /** Adds a piece of code. `language` may contain further options, which are removed. */
  code(text: string, language?: string): void
  /** Adds a line of a list. Consecutive lines form one block. */
  line(text: string): void
  /** Adds a row of a table. Consecutive rows form one block. */
  row(cells: readonly Cell[], isHeader?: boolean): void
  /** Ends a list or table. */
  endGroup(): void
  /** Adds names of pages below this one. They are parts of the section, not of its text. */
  pages(titles: readonly string[]): void
  /** Sets the anchor of the blocks that follow. */
  anchorBlocks(anchor: string): void
  /**
   * Begins the entry of a term, option, function or setting. A longer entry becomes a section with
   * the term as its heading, a short one an item of a list of definitions.
   * @param isSought Whether it is meant to be found: then only a very short one is an item.
   */
  beginEntry(term: string, anchor?: string, isSought?: boolean): void
  /** Ends the last entry that was begun. What follows belongs to the section around it. */
  endEntry(): void
  /** Returns the document so far. Default title: the main heading. */
  finish(title?: string): ParsedDocument
}

/** Neither an entry nor what continues a section after one can be the title. */
interface Draft extends SectionDraft {
  readonly path: readonly Heading[]
  readonly anchor?: string
  readonly blocks: Block[]
  readonly pages: string[]
}

interface Heading {
  readonly depth: number
  readonly text: string
}

interface Entry {
  readonly term: string
  /** The draft around the entry. */
  readonly around: Draft
  /** Position of the entry's first draft. */
  readonly from: number
  readonly isSought: boolean
}

/** Entries with one paragraph up to these lengths are definitions. */
const MAX_DEFINITION_CHARS = 300
const MAX_SOUGHT_CHARS = 60
const MAX_TERM_CHARS = 300

/** Creates an empty outline. */
export function createOutline(): Outline {
  const drafts: Draft[] = [{ path: [], kind: 'section', blocks: [], pages: [] }]
  const entries: Entry[] = []
  const group = createBlockGroup()
  let blockAnchor: string | undefined
  /** The anchor where the current list or table began. */
  let groupAnchor: string | undefined
  let groupKind: 'list' | 'table' | undefined

  /** A table in a list item ends the list, and a list in a table the table. */
  function beginGroup(kind: 'list' | 'table'): void {
    if (groupKind !== kind) endGroup()
    groupKind = kind
  }

  function endGroup(): void {
    const block = group.take()
    if (block !== undefined) push(block, groupAnchor)
    groupAnchor = undefined
    groupKind = undefined
  }

  function addBlock(block: Block): void {
    endGroup()
    // Text without letters separates blocks.
    if (block.kind === 'code' ? block.text.trim() !== '' : /[\p{L}\p{N}]/u.test(block.text)) push(block, blockAnchor)
  }

  function push(block: Block, anchor: string | undefined): void {
    drafts.at(-1)!.blocks.push(anchor === undefined ? block : { ...block, anchor })
  }

  function endEntry(): void {
    const entry = entries.pop()
    if (entry === undefined) return
    endGroup()
    const { around, from, term, isSought } = entry
    const added = drafts.slice(from)
    const [first] = added[0]!.blocks
    const limit = isSought ? MAX_SOUGHT_CHARS : MAX_DEFINITION_CHARS
    const isShort = added.length === 1 && added[0]!.blocks.length <= 1
    if (isShort && first === undefined) {
      drafts.length = from
      drafts.at(-1)!.blocks.push({ kind: 'prose', text: term })
    } else if (isShort && first?.kind === 'prose' && first.text.length <= limit) {
      drafts.length = from
      group.definition(term, first.text.replaceAll('\n', ' '))
      const list = group.take()!
      const blocks = drafts.at(-1)!.blocks
      const last = blocks.at(-1)
      // Consecutive definitions form one block.
      if (last?.kind === 'definition') blocks[blocks.length - 1] = { ...last, text: `${last.text}\n${list.text}` }
      else blocks.push(list)
    } else {
      const { path, anchor } = around
      drafts.push({ path, kind: 'rest', blocks: [], pages: [], ...(anchor !== undefined && { anchor }) })
    }
  }

  return {
    heading(depth, text, anchor) {
      endGroup()
      if (text === '') return
      const above = drafts.at(-1)!.path.filter(heading => heading.depth < depth)
      drafts.push({
        path: [...above, { depth, text }],
        kind: 'section',
        ...(anchor !== undefined && { anchor }),
        blocks: [],
        pages: [],
      })
    },
    prose: text => addBlock({ kind: 'prose', text: text.trim() }),
    code(text, language) {
      const name = /^[{.]*([\w#+-]+)/.exec(language ?? '')?.[1]?.toLowerCase()
      addBlock({
        kind: 'code',
        text: text.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd(),
        ...(name !== undefined && { language: name }),
      })
    },
    line(text) {
      beginGroup('list')
      groupAnchor ??= blockAnchor
      group.line(text)
    },
    row(cells, isHeader = false) {
      beginGroup('table')
      groupAnchor ??= blockAnchor
      group.row(cells, isHeader)
    },
    endGroup,
    pages(titles) {
      drafts.at(-1)!.pages.push(...titles)
    },
    anchorBlocks(anchor) {
      blockAnchor = anchor
    },
    beginEntry(written, anchor, isSought = anchor !== undefined) {
      endGroup()
      const around = drafts.at(-1)!
      const term = written.slice(0, MAX_TERM_CHARS)
      const path = [...around.path, { depth: (around.path.at(-1)?.depth ?? 0) + 0.01, text: term }]
      entries.push({ term, around, from: drafts.length, isSought })
      // The first heading is the title, whose anchor is the top of the page.
      const shown = anchor ?? (around.path.length > 1 ? around.anchor : undefined)
      drafts.push({ path, kind: 'entry', ...(shown !== undefined && { anchor: shown }), blocks: [], pages: [] })
    },
    endEntry,
    finish(title) {
      endGroup()
      while (entries.length > 0) endEntry()
      const shown = title ?? titleAmong(drafts.filter(({ kind }) => kind === 'section'))
      const kept = drafts.filter(({ kind, blocks }) => kind !== 'rest' || blocks.length > 0)
      const parts = kept.map((_, i) => partsOf(kept, i))
      announceParts(kept, parts)
      const hasContent = kept.some(({ blocks }) => blocks.length > 0)
      const sections = kept.flatMap((draft, i) => toSection(draft, parts[i]!, hasContent))
      return { ...(shown !== undefined && { title: shown }), sections }
    },
  }
}

/**
 * Returns the first of the outermost headings. If that one has no text and exactly one heading
 * directly below it (a project's name above the page's title), returns that heading instead, and so
 * on.
 */
function titleAmong(drafts: readonly Draft[]): string | undefined {
  const outermost = drafts.filter(({ path }) => path.length === 1)
  const depth = outermost.reduce((least, { path }) => Math.min(least, path[0]!.depth), Number.POSITIVE_INFINITY)
  let draft = outermost.find(({ path }) => path[0]!.depth === depth)
  while (draft !== undefined && draft.blocks.length === 0) {
    const parent = draft.path
    const below = drafts.filter(({ path }) => path.length === parent.length + 1 && path.includes(parent.at(-1)!))
    if (below.length !== 1) break
    draft = below[0]
  }
  return draft?.path.at(-1)?.text
}

/**
 * Writes the names of the parts after a section that ends with a colon, such as "There are three
 * modes:", because they are its answer.
 */
function announceParts(drafts: readonly Draft[], parts: readonly (readonly string[])[]): void {
  for (const [i, { blocks }] of drafts.entries()) {
    const last = blocks.at(-1)
    if (last?.kind !== 'prose' || !/[:：]$/.test(last.text) || parts[i]!.length === 0) continue
    blocks.push({ kind: 'list', text: parts[i]!.map(name => `- ${name}`).join('\n') })
  }
}

/**
 * A heading without any content answers nothing and is left out, unless the whole document consists
 * of headings.
 */
function toSection({ path, anchor, blocks }: Draft, parts: readonly string[], hasContent: boolean): Section[] {
  const heading = path.at(-1)
  if (blocks.length === 0 && (hasContent || heading === undefined)) return []
  return [
    {
      headings: path.map(({ text }) => text),
      ...(anchor !== undefined && { anchor }),
      blocks: blocks.length === 0 ? [{ kind: 'prose', text: heading!.text }] : blocks,
      ...(parts.length > 0 && { parts }),
    },
  ]
}

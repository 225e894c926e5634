import type { ParsedDocument, Section } from './parsed-document.ts'

/** Takes a document's parts in reading order and arranges them below their headings. */
export interface Outline {
  /** Begins a section below the nearest heading of a smaller depth. Depths may skip numbers; an empty heading is none. */
  heading(depth: number, text: string, anchor?: string): void
  /** Adds a paragraph or a piece of code. An empty one only ends the lines before it. */
  block(text: string): void
  /** Adds a line of a list or table; lines that follow each other are one block. */
  line(text: string): void
  /** The document so far. Without a title, its main heading is its title. */
  finish(title?: string): ParsedDocument
}

interface Draft {
  readonly path: readonly Heading[]
  readonly anchor?: string
  readonly blocks: string[]
}

interface Heading {
  readonly depth: number
  readonly text: string
}

/** Creates an empty outline; it keeps nothing of what it is given but the strings. */
export function createOutline(): Outline {
  const drafts: Draft[] = [{ path: [], blocks: [] }]
  let open: string[] = []

  function closeLines(): void {
    const text = open.join('\n').trim()
    if (text !== '') drafts.at(-1)!.blocks.push(text)
    open = []
  }

  return {
    heading(depth, text, anchor) {
      closeLines()
      if (text === '') return
      const above = drafts.at(-1)!.path.filter(heading => heading.depth < depth)
      drafts.push({ path: [...above, { depth, text }], ...(anchor !== undefined && { anchor }), blocks: [] })
    },
    block(text) {
      closeLines()
      if (text.trim() !== '') drafts.at(-1)!.blocks.push(text)
    },
    line(text) {
      open.push(text)
    },
    finish(title = titleAmong(drafts)) {
      closeLines()
      const sections = drafts.flatMap((draft, i) => toSection(draft, drafts[i + 1]))
      return { ...(title !== undefined && { title }), sections }
    },
  }
}

/**
 * The first of the outermost headings; but where that one has no text of its own and a single heading right below it (the project's name above
 * the page's), that one, and so on.
 */
function titleAmong(drafts: readonly Draft[]): string | undefined {
  const outermost = drafts.filter(({ path }) => path.length === 1)
  const depth = Math.min(...outermost.map(({ path }) => path[0]!.depth))
  let draft = outermost.find(({ path }) => path[0]!.depth === depth)
  while (draft !== undefined && draft.blocks.length === 0) {
    const parent = draft.path
    const below = drafts.filter(({ path }) => path.length === parent.length + 1 && path.includes(parent.at(-1)!))
    if (below.length !== 1) break
    draft = below[0]
  }
  return draft?.path.at(-1)?.text
}

/** A heading with nothing below it is itself the text, or its words would be in no passage; one that only leads to others is in theirs. */
function toSection({ path, anchor, blocks }: Draft, next: Draft | undefined): Section[] {
  const heading = path.at(-1)
  const leadsOn = heading === undefined || next?.path.includes(heading) === true
  if (blocks.length === 0 && leadsOn) return []
  return [
    {
      headings: path.map(({ text }) => text),
      ...(anchor !== undefined && { anchor }),
      blocks: blocks.length === 0 ? [heading!.text] : blocks,
    },
  ]
}

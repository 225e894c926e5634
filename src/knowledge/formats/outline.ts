import type { ParsedDocument, Section } from './parsed-document.ts'

/** Collects a document's parts in reading order and arranges them below their headings. */
export interface Outline {
  /**
   * Begins a section below the closest heading of a lower depth. Depths may skip numbers. An empty
   * heading is ignored.
   */
  heading(depth: number, text: string, anchor?: string): void
  /** Adds a paragraph or a piece of code. An empty block only ends a preceding group of lines. */
  block(text: string): void
  /** Adds a line of a list or table. Consecutive lines form one block. */
  line(text: string): void
  /** Returns the document so far. Default title: the main heading. */
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

/** Creates an empty outline. */
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
 * Returns the first of the outermost headings. If that one has no text and exactly one heading
 * directly below it (a project's name above the page's title), returns that heading instead, and so
 * on.
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

/**
 * A heading without any content is kept as text, so that it can be found. A heading with
 * subsections is part of theirs.
 */
function toSection({ path, anchor, blocks }: Draft, next: Draft | undefined): Section[] {
  const heading = path.at(-1)
  const hasSubsections = heading === undefined || next?.path.includes(heading) === true
  if (blocks.length === 0 && hasSubsections) return []
  return [
    {
      headings: path.map(({ text }) => text),
      ...(anchor !== undefined && { anchor }),
      blocks: blocks.length === 0 ? [heading!.text] : blocks,
    },
  ]
}

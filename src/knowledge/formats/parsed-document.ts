/** What a block contains. `definition` is a list of terms with short definitions. */
export type BlockKind = 'prose' | 'list' | 'code' | 'table' | 'definition'

/** A paragraph, list, table or piece of code. */
export interface Block {
  readonly kind: BlockKind
  /**
   * Text without inline markup and with normalized white space. Lists have one line per item, which
   * begins with `- ` or `1. `. Tables are rows of GitHub's Markdown. Code is unchanged, without its
   * fence.
   */
  readonly text: string
  /** The language of code, in lower case. */
  readonly language?: string
  /** The anchor of the block, such as its page; more precise than that of the section. */
  readonly anchor?: string
}

/** The part of a document below one heading. */
export interface Section {
  /** The headings above the section, outermost first. */
  readonly headings: readonly string[]
  /** The heading's anchor in the document, without `#`. */
  readonly anchor?: string
  readonly blocks: readonly Block[]
  /**
   * The names of its subsections, entries and pages below, in order, if it has at least two.
   */
  readonly parts?: readonly string[]
}

/** The result of parsing any format. */
export interface ParsedDocument {
  /** The title given in the document. */
  readonly title?: string
  readonly sections: readonly Section[]
}

/**
 * Throws `DOCUMENT_UNREADABLE` if a parser has exceeded its time budget. Parsers call it regularly.
 */
export type CheckTime = () => void

/**
 * Parses a document with `\n` line ends. Tolerates the same errors as other readers of the format.
 * `name` is the document's id, whose extension may select a dialect.
 */
export type Parse = (text: string, checkTime: CheckTime, name: string) => ParsedDocument

/** Parses a file of a binary format. */
export type ParseBytes = (bytes: Uint8Array, checkTime: CheckTime, name: string) => Promise<ParsedDocument>

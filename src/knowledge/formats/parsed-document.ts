/**
 * The part of a document below one heading. Each paragraph, list, table and piece of code is a
 * block.
 */
export interface Section {
  /** The headings above the section, outermost first. */
  readonly headings: readonly string[]
  /** The heading's anchor in the document, without `#`. */
  readonly anchor?: string
  /**
   * Text without inline markup and with normalized white space. Lists and tables have one line per
   * item or row; code is unchanged.
   */
  readonly blocks: readonly string[]
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
 */
export type Parse = (text: string, checkTime: CheckTime) => ParsedDocument

/** A stretch of a document below one heading, the text of each paragraph, list, table and piece of code being a block. */
export interface Section {
  /** The heading it stands below and those above that one, outermost first. */
  readonly headings: readonly string[]
  /** What leads to the heading within the document, without `#`. */
  readonly anchor?: string
  /** Inline markup is gone, white space is single; lists and tables have a line per item or row, code is as it was written. */
  readonly blocks: readonly string[]
}

/** What every format is parsed into. */
export interface ParsedDocument {
  /** The title that the document gives itself. */
  readonly title?: string
  readonly sections: readonly Section[]
}

/** Raises `DOCUMENT_UNREADABLE` when a parser has run for too long; parsers call it as they go. */
export type CheckTime = () => void

/** Parses a document whose line ends are `\n`. Forgives whatever its format's readers forgive. */
export type Parse = (text: string, checkTime: CheckTime) => ParsedDocument

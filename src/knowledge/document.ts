/** Maximum size of a document in bytes of UTF-8. */
export const MAX_DOCUMENT_BYTES = 10_000_000

/**
 * The format of a document's text. JSON Lines is a container: each line is a document of format
 * `text`.
 */
export type DocumentFormat = TextFormat | BinaryFormat

/** A format that is text itself. */
export type TextFormat = 'markdown' | 'html' | 'rst' | 'text'

/** A format whose text a parser extracts. */
export type BinaryFormat = 'pdf' | 'docx'

/**
 * Who added a document: `project` for the built-in manual, `operator` for all others. The manual is
 * removed when the operator adds the first document.
 */
export type DocumentOwner = 'project' | 'operator'

/** A document before parsing. */
export interface IncomingDocument {
  /** Unique among all documents; often a path (`docs/guides/install.md`). */
  readonly id: string
  /** Default: the first heading of the text, or the id. */
  readonly title?: string
  /** Empty for a binary format. */
  readonly text: string
  /** The file of a binary format. */
  readonly bytes?: Uint8Array
  readonly format: DocumentFormat
  /** Public address of the document; used as the location of its passages. */
  readonly url?: string
  /**
   * Absolute path of the source file; undefined for documents sent over REST. Never shown to users.
   */
  readonly file?: string
  readonly owner: DocumentOwner
  /** Keys of blocks that many documents contain, which are not indexed. */
  readonly repeated?: readonly string[]
  /** Names of its site, with their separators, that are removed from the title. */
  readonly siteNames?: readonly string[]
}

/** A run of text of a document below one heading: the unit of search, and the source of answers. */
export interface Passage {
  /** Position in the document, from 0. */
  readonly ordinal: number
  /** The headings above the passage, outermost first, without the document's title. */
  readonly headings: readonly string[]
  /**
   * The `url` or document id, followed by `#anchor` of the closest heading if it has one, or by the
   * page (`#page=3`).
   */
  readonly location: string
  readonly text: string
  /** What its section lists, for questions that ask for a list. Not searched. */
  readonly listing?: Listing
}

/**
 * Names in their order: of the parts of a section, or of the items of a list or table that several
 * passages divide. At most 100.
 */
export interface Listing {
  readonly of: 'parts' | 'items' | 'steps'
  readonly names: readonly string[]
}

/**
 * A document as it is stored: its original text, or for a binary format the extracted text as
 * Markdown, and its passages.
 */
export interface Document {
  readonly id: string
  readonly title: string
  readonly format: DocumentFormat
  readonly url?: string
  readonly file?: string
  readonly owner: DocumentOwner
  readonly text: string
  /**
   * SHA-256, in hex, of everything that the passages depend on. Equal hashes mean that nothing
   * changed.
   */
  readonly hash: string
  readonly passages: readonly Passage[]
}

/** A stored document without text and passages. Times are in milliseconds since 1970. */
export interface DocumentSummary {
  readonly id: string
  readonly title: string
  readonly format: DocumentFormat
  readonly url?: string
  readonly file?: string
  readonly owner: DocumentOwner
  readonly hash: string
  readonly passageCount: number
  readonly textBytes: number
  readonly createdAt: number
  readonly updatedAt: number
}

/** The current state of a document that changed. `passages` is empty if it was removed. */
export interface DocumentChange {
  readonly documentId: string
  readonly title: string
  readonly passages: readonly Passage[]
  readonly revision: number
}

/** The port to the document storage. The database folder implements it. */
export interface DocumentStore {
  /**
   * Stores documents in one transaction, replacing documents with the same id. Resolves when they
   * are on disk. The first document of the operator removes the project's documents in the same
   * transaction.
   */
  put(documents: readonly Document[], now: number): Promise<void>
  /** Removes documents in one transaction. Resolves to the number of documents removed. */
  remove(ids: readonly string[]): Promise<number>
  find(id: string): Promise<(DocumentSummary & { readonly text: string }) | undefined>
  /** Returns up to `limit` documents ordered by id, starting after `after`. */
  list(page: { readonly after?: string; readonly limit: number }): Promise<readonly DocumentSummary[]>
  count(): Promise<number>
  /** Who added the documents: the operator or the project; undefined if there are none. */
  owner(): Promise<DocumentOwner | undefined>
  /** Returns the summaries of the documents with these ids. */
  findMany(ids: readonly string[]): Promise<readonly DocumentSummary[]>
  /**
   * Returns the summaries of the operator's documents whose files are at or below this absolute
   * path.
   */
  fromFilesBelow(path: string): Promise<readonly DocumentSummary[]>
  /**
   * Returns the passages in the order of `refs`; undefined for passages that no longer exist.
   * @param revision They are as stored at this revision, or later. Default: the newest one.
   */
  passages(refs: readonly PassageRef[], revision?: number): Promise<readonly (StoredPassage | undefined)[]>
  /**
   * Returns up to `limit` documents changed after `revision`, oldest change first, each in its
   * newest state. `revision` in the result is that of the last change returned, or the given one
   * without changes.
   */
  changesSince(
    revision: number,
    limit: number,
  ): Promise<{ readonly revision: number; readonly changes: readonly DocumentChange[] }>
  /** Returns the newest revision of the last changes of these documents, removals included. */
  revisionOf(ids: readonly string[]): Promise<number>
  /**
   * Returns the newest revision, which increases with each change. Cheap enough to call five times
   * a second.
   */
  revision(): Promise<number>
  /** Returns true until the first document is stored in this database. */
  isPristine(): Promise<boolean>
}

export interface PassageRef {
  readonly documentId: string
  readonly ordinal: number
}

export interface StoredPassage extends Passage {
  readonly documentId: string
  readonly title: string
  /** `checksumOf` its text, if the store knows it. */
  readonly checksum?: number
}

/** The formats that a document's text can have. JSON Lines is a container: each of its lines is a document of format `text`. */
export type DocumentFormat = 'markdown' | 'html' | 'rst' | 'text'

/** Who brought a document: the project itself (its own manual), or the operator. The manual leaves when the operator's first document arrives. */
export type DocumentOwner = 'project' | 'operator'

/** A document as it comes in, before it is parsed. */
export interface IncomingDocument {
  /** Unique among all documents; often looks like a path (`kb-fastify/docs/index.md`). */
  readonly id: string
  /** Undefined: the document's first heading, or its id. */
  readonly title?: string
  readonly text: string
  readonly format: DocumentFormat
  /** Where a person can read it; becomes the location of its passages. */
  readonly url?: string
  /** Absolute path of the file it was read from; undefined when it came over REST. Never shown to those who chat. */
  readonly file?: string
  readonly owner: DocumentOwner
}

/** A run of text of one document that stands below one heading: what is searched, and what an answer is taken from. */
export interface Passage {
  /** Position within the document, from 0. */
  readonly ordinal: number
  /** The headings above it, outermost first, without the document's title. */
  readonly headings: readonly string[]
  /** `url` or document id, with `#anchor` of the nearest heading where there is one. */
  readonly location: string
  readonly text: string
}

/** What is stored of a document: the text as it came, and the passages it was cut into. */
export interface Document {
  readonly id: string
  readonly title: string
  readonly format: DocumentFormat
  readonly url?: string
  readonly file?: string
  readonly owner: DocumentOwner
  readonly text: string
  /** SHA-256, in hex, of everything that its passages depend on: an equal hash means that nothing has changed. */
  readonly hash: string
  readonly passages: readonly Passage[]
}

/** A stored document without its text and passages. Times are milliseconds since 1970. */
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

/** What happened to one document: `passages` is empty where it was removed. */
export interface DocumentChange {
  readonly documentId: string
  readonly title: string
  readonly passages: readonly Passage[]
}

/** Where documents are kept. The knowledge folder owns this port; the database folder fills it. */
export interface DocumentStore {
  /**
   * Stores documents, each replacing what had its id, in one transaction; resolves when they are on disk.
   * The first operator's document takes the project's own ones out in the same transaction.
   */
  put(documents: readonly Document[], now: number): Promise<void>
  /** Removes documents in one transaction and resolves to how many there were. */
  remove(ids: readonly string[], now: number): Promise<number>
  find(id: string): Promise<(DocumentSummary & { readonly text: string }) | undefined>
  /** Documents in the order of their ids, those after `after`, at most `limit`. */
  list(page: { readonly after?: string; readonly limit: number }): Promise<readonly DocumentSummary[]>
  count(): Promise<number>
  /** Summaries of those of these ids that are stored. */
  findMany(ids: readonly string[]): Promise<readonly DocumentSummary[]>
  /** Summaries of the operator's documents that were read from a file at or below this absolute path. */
  fromFilesBelow(path: string): Promise<readonly DocumentSummary[]>
  /** Texts of passages, in the order asked for; undefined for one that is gone. */
  passages(refs: readonly PassageRef[]): Promise<readonly (StoredPassage | undefined)[]>
  /**
   * The documents changed after `revision`, oldest change first, at most `limit`; of each only its newest state.
   * `revision` in the reply is that of the last change returned (the asked one when there is none).
   */
  changesSince(
    revision: number,
    limit: number,
  ): Promise<{ readonly revision: number; readonly changes: readonly DocumentChange[] }>
  /** The newest revision; grows with each change and never falls. Cheap enough to ask five times a second. */
  revision(): Promise<number>
  /** True until the first document, of whoever, has been stored in this database. */
  isPristine(): Promise<boolean>
}

export interface PassageRef {
  readonly documentId: string
  readonly ordinal: number
}

export interface StoredPassage extends Passage {
  readonly documentId: string
  readonly title: string
}

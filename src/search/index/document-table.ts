import { NumberedNames } from './numbered-names.ts'
import { withRoomFor } from './typed-arrays.ts'

/** Numbers per document in `rows`. */
const ROW = 5
/** The document's first passage, plus 1. */
const FIRST = 0
const PASSAGES = 1
/** Weighted word count of the document's passages; the title counts once. */
const LENGTH = 2
const TITLE_LENGTH = 3
/** The term that is the whole title, plus 1; 0 if the title has more terms. */
const NAME = 4

/** The table's content, for saving and loading. Arrays are shared, not copied. */
export interface DocumentsContent {
  readonly ids: readonly string[]
  readonly freeIds: readonly number[]
  readonly rows: Uint32Array
}

/** The facts about a document that come from its title. */
export interface DocumentTitle {
  /** Weighted word count of the title. */
  readonly length: number
  /** The term that is the whole title; undefined if the title has more than one term. */
  readonly name: number | undefined
}

/** A page: documents that are sections of the same web page. */
export interface DocumentPage {
  readonly documents: ReadonlySet<number>
}

/** The documents of an index, numbered, and the pages that they are sections of. */
export class DocumentTable {
  #totalLength = 0
  readonly #ids: NumberedNames
  #rows: Uint32Array
  /** Pages by address, for documents whose id ends with an anchor (`guide.html#install`). */
  readonly #pages = new Map<string, OpenPage>()
  /** The page of each document, by document number; undefined if its id has no anchor. */
  readonly #pageOf: (OpenPage | undefined)[] = []
  #pageDocuments = 0

  constructor(content?: DocumentsContent) {
    this.#ids = new NumberedNames(content?.ids, content?.freeIds)
    this.#rows = content?.rows ?? new Uint32Array(0)
    for (let number = 0; number < this.#ids.names.length; number++) {
      if (this.#rows[number * ROW + PASSAGES] === 0) continue
      this.#totalLength += this.length(number)
      this.#joinPage(number)
    }
  }

  get content(): DocumentsContent {
    return { ids: this.#ids.names, freeIds: this.#ids.free, rows: this.#rows }
  }

  get size(): number {
    return this.#ids.size
  }

  /** The number of document numbers assigned so far; every number in use is lower. */
  get slots(): number {
    return this.#ids.names.length
  }

  get meanLength(): number {
    return this.#totalLength / this.size
  }

  /** Number of pages, counting each document without a page as its own page. */
  get pageCount(): number {
    return this.size - this.#pageDocuments + this.#pages.size
  }

  get meanPageLength(): number {
    return this.#totalLength / this.pageCount
  }

  find(id: string): number | undefined {
    return this.#ids.find(id)
  }

  id(number: number): string {
    return this.#ids.names[number]
  }

  length(number: number): number {
    return this.#rows[number * ROW + LENGTH]
  }

  /** Weighted word count of the title, which is part of each of the document's passages. */
  titleLength(number: number): number {
    return this.#rows[number * ROW + TITLE_LENGTH]
  }

  passageCount(number: number): number {
    return this.#rows[number * ROW + PASSAGES]
  }

  firstPassage(number: number): number {
    return this.#rows[number * ROW + FIRST] - 1
  }

  /** The term that is the document's whole title. */
  name(number: number): number | undefined {
    const name = this.#rows[number * ROW + NAME]
    return name === 0 ? undefined : name - 1
  }

  /** Whether any two documents share a page. */
  get hasPages(): boolean {
    return this.#pages.size < this.#pageDocuments
  }

  /** The page that the document is a section of. */
  page(number: number): DocumentPage | undefined {
    return this.#pageOf[number]
  }

  /**
   * Adds a passage in front of a document's other passages. Returns the document's number and the
   * passage that was first before, or -1.
   */
  prepend(
    id: string,
    passage: number,
    length: number,
    title: DocumentTitle,
  ): { readonly document: number; readonly next: number } {
    const document = this.#ids.find(id) ?? this.#ids.add(id)
    this.#rows = withRoomFor(this.#rows, (document + 1) * ROW)
    const row = document * ROW
    const isNew = this.#rows[row + PASSAGES] === 0
    const next = this.#rows[row + FIRST] - 1
    if (isNew) {
      this.#rows[row + TITLE_LENGTH] = title.length
      this.#rows[row + NAME] = title.name === undefined ? 0 : title.name + 1
    }
    const added = isNew ? length : length - this.#rows[row + TITLE_LENGTH]
    this.#rows[row + FIRST] = passage + 1
    this.#rows[row + PASSAGES]++
    this.#rows[row + LENGTH] += added
    this.#totalLength += added
    if (isNew) this.#joinPage(document)
    return { document, next }
  }

  /**
   * Removes a document's first passage, and the document itself with its last passage.
   * @param next The passage that follows, or -1.
   */
  removeFirst(document: number, next: number, length: number): void {
    const row = document * ROW
    const isLast = --this.#rows[row + PASSAGES] === 0
    const removed = isLast ? length : length - this.#rows[row + TITLE_LENGTH]
    this.#rows[row + FIRST] = next + 1
    this.#rows[row + LENGTH] -= removed
    this.#totalLength -= removed
    if (!isLast) return
    this.#leavePage(document)
    this.#rows.fill(0, row, row + ROW)
    this.#ids.remove(document)
  }

  #joinPage(document: number): void {
    const address = pageAddress(this.id(document))
    if (address === undefined) return
    const page = this.#pages.get(address) ?? { address, documents: new Set() }
    page.documents.add(document)
    this.#pages.set(address, page)
    this.#pageOf[document] = page
    this.#pageDocuments++
  }

  #leavePage(document: number): void {
    const page = this.#pageOf[document]
    if (page === undefined) return
    page.documents.delete(document)
    this.#pageOf[document] = undefined
    this.#pageDocuments--
    if (page.documents.size === 0) this.#pages.delete(page.address)
  }
}

interface OpenPage extends DocumentPage {
  readonly address: string
  readonly documents: Set<number>
}

function pageAddress(id: string): string | undefined {
  const anchor = id.indexOf('#')
  return anchor < 1 ? undefined : id.slice(0, anchor)
}

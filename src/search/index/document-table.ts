import { BlockLists } from './block-lists.ts'
import type { IndexMemory } from './index-memory.ts'
import { NumberedNames } from './numbered-names.ts'

/** Numbers per document in `rows`. */
const ROW = 4
/** The document's first passage, plus 1. */
const FIRST = 0
const PASSAGES = 1
/** The term that is the whole title, plus 1; 0 if the title has more terms. */
const NAME = 2
/** The page that the document is a section of, plus 1; 0 if its id has no anchor. */
const PAGE = 3

/**
 * The documents of an index, numbered, and the pages that they are sections of: documents with the
 * same address before the anchor (`guide.html#install`).
 */
export class DocumentTable {
  readonly #memory: IndexMemory
  readonly #ids: NumberedNames
  #rows: Uint32Array
  /** The addresses of pages, and the documents of each page. */
  readonly #pages: NumberedNames
  readonly #sections: BlockLists
  /** The number of documents that are sections of a page. */
  readonly #sectionDocuments: Float64Array

  constructor(memory: IndexMemory) {
    this.#memory = memory
    this.#ids = new NumberedNames(memory, 'ids')
    this.#rows = memory.open('documents.rows', Uint32Array)
    this.#pages = new NumberedNames(memory, 'pages')
    this.#sections = new BlockLists(memory, 'sections')
    this.#sectionDocuments = memory.open('documents.sections', Float64Array, 1)
  }

  get size(): number {
    return this.#ids.size
  }

  /** The number of document numbers assigned so far; every number in use is lower. */
  get slots(): number {
    return this.#ids.slots
  }

  /** Number of pages, counting each document without a page as its own page. */
  get pageCount(): number {
    return this.size - this.#sectionDocuments[0]! + this.#pages.size
  }

  find(id: string): number | undefined {
    return this.#ids.find(id)
  }

  id(number: number): string {
    return this.#ids.name(number)
  }

  passageCount(number: number): number {
    return this.#rows[number * ROW + PASSAGES]!
  }

  firstPassage(number: number): number {
    return this.#rows[number * ROW + FIRST]! - 1
  }

  /** The term that is the document's whole title. */
  name(number: number): number | undefined {
    const name = this.#rows[number * ROW + NAME]!
    return name === 0 ? undefined : name - 1
  }

  /** Whether any two documents share a page. */
  get hasPages(): boolean {
    return this.#pages.size < this.#sectionDocuments[0]!
  }

  /** The number of the page that the document is a section of. */
  page(number: number): number | undefined {
    const page = this.#rows[number * ROW + PAGE]!
    return page === 0 ? undefined : page - 1
  }

  /** The number of documents of a page. */
  sectionCount(page: number): number {
    return this.#sections.count(page)
  }

  /** The documents of a page. */
  sections(page: number): readonly number[] {
    const sections: number[] = []
    this.#sections.forEachKey(page, document => sections.push(document))
    return sections
  }

  /**
   * Adds a passage in front of a document's other passages. Returns the document's number and the
   * passage that was first before, or -1.
   * @param name The term that is the document's whole title.
   */
  prepend(id: string, passage: number, name: number | undefined): { readonly document: number; readonly next: number } {
    const document = this.#ids.find(id) ?? this.#ids.add(id)
    this.#rows = this.#memory.withRoom('documents.rows', this.#rows, (document + 1) * ROW)
    const row = document * ROW
    const isNew = this.#rows[row + PASSAGES] === 0
    const next = this.#rows[row + FIRST]! - 1
    if (isNew) this.#rows[row + NAME] = name === undefined ? 0 : name + 1
    this.#rows[row + FIRST] = passage + 1
    this.#rows[row + PASSAGES]!++
    if (isNew) this.#joinPage(document, id)
    return { document, next }
  }

  /**
   * Removes a document's first passage, and the document itself with its last passage.
   * @param next The passage that follows, or -1.
   */
  removeFirst(document: number, next: number): void {
    const row = document * ROW
    this.#rows[row + FIRST] = next + 1
    if (--this.#rows[row + PASSAGES]! > 0) return
    this.#leavePage(document)
    this.#rows.fill(0, row, row + ROW)
    this.#ids.remove(document)
  }

  #joinPage(document: number, id: string): void {
    const address = pageAddress(id)
    if (address === undefined) return
    const page = this.#pages.find(address) ?? this.#pages.add(address)
    this.#sections.insert(page, document, 1)
    this.#rows[document * ROW + PAGE] = page + 1
    this.#sectionDocuments[0]!++
  }

  #leavePage(document: number): void {
    const page = this.page(document)
    if (page === undefined) return
    this.#sections.remove(page, document)
    this.#sectionDocuments[0]!--
    if (this.#sections.count(page) === 0) this.#pages.remove(page)
  }
}

function pageAddress(id: string): string | undefined {
  const anchor = id.indexOf('#')
  return anchor < 1 ? undefined : id.slice(0, anchor)
}

/** An element of the document that mammoth reads. */
export interface Element {
  readonly type: string
  readonly children?: readonly Element[]
  readonly font?: string | null
  readonly styleName?: string | null
  readonly value?: string
  /** The footnotes and endnotes of a document. */
  readonly notes?: { resolve(reference: Element): { readonly body: readonly Element[] } | null | undefined }
}

const HEADING = /^(?:Title|Heading \d)$/i

/**
 * Moves the footnotes of a document to the end of the section that refers to them, without their
 * numbers. Mammoth writes them at the end of the document, with links to their references.
 */
export function placeFootnotes({ notes, children = [], ...document }: Element): Element {
  const placed: Element[] = []
  const ofSection: Element[] = []
  const shown = new Set<unknown>()
  for (const block of children) {
    if (HEADING.test(block.styleName ?? '')) for (const part of ofSection.splice(0)) placed.push(part)
    const references: Element[] = []
    placed.push(withoutReferences(block, references))
    // A note may refer to another one, which makes this list longer.
    for (const reference of references) {
      const note = notes?.resolve(reference)
      if (note == null || shown.has(note)) continue
      shown.add(note)
      for (const part of note.body) ofSection.push(withoutReferences(part, references))
    }
  }
  return { ...document, children: [...placed, ...ofSection] }
}

/** Removes the references to notes from an element, and collects them. */
function withoutReferences(element: Element, found: Element[]): Element {
  if (element.children === undefined) return element
  const children = element.children.flatMap(child => {
    if (child.type !== 'noteReference') return withoutReferences(child, found)
    found.push(child)
    return []
  })
  return { ...element, children }
}

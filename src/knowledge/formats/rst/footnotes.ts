import { RstFootnoteDef, type RstNode } from 'rst-compiler'
import { checkNesting } from '../limits/nesting.ts'

/** The footnotes of a document. Each is displayed at the end of the section that refers to it. */
export interface Footnotes {
  /** Finds the footnotes that a part of a section refers to. */
  readReferences(part: RstNode): void
  /** Ends a section. Returns its footnotes that no section before refers to. */
  endSection(): readonly RstNode[]
  /** Returns whether any section so far refers to a footnote. */
  isReferred(footnote: RstNode): boolean
}

/** Finds the footnotes of a document. References without a name refer to the next one without. */
export function findFootnotes(root: RstNode): Footnotes {
  /** By label, the last footnote first. */
  const unreferred = new Map<string, RstNode[]>()
  const found: RstFootnoteDef[] = []
  visit(root, node => node instanceof RstFootnoteDef && found.push(node))
  for (const footnote of found.reverse()) {
    const { label } = footnote
    if (!unreferred.has(label)) unreferred.set(label, [])
    unreferred.get(label)!.push(footnote)
  }
  const referred = new Set<RstNode>()
  let ofSection: RstNode[] = []
  return {
    readReferences(part) {
      visit(part, node => {
        const footnote = node.nodeType === 'FootnoteRef' ? unreferred.get(node.textContent)?.pop() : undefined
        if (footnote === undefined) return
        referred.add(footnote)
        ofSection.push(footnote)
      })
    },
    endSection() {
      const ended = ofSection
      ofSection = []
      return ended
    },
    isReferred: footnote => referred.has(footnote),
  }
}

function visit(node: RstNode, read: (node: RstNode) => unknown, depth = 0): void {
  checkNesting(depth)
  read(node)
  for (const child of node.children) visit(child, read, depth + 1)
}

import { RstDefinitionListItem, type RstDirective } from 'rst-compiler'
import { indentOf } from '../indentation.ts'
import { bodyOf } from './directive-parts.ts'
import type { Writing } from './directives.ts'
import { joinText } from './inline-text.ts'

const GLOSSARY = /^\s*\.\. glossary::/
const INDENT = 4
const OPTION = /^\s*:[\w-]+:(?:\s|$)/

/**
 * Writes the terms of glossaries as a definition list that the parser reads: consecutive terms in
 * one line, without their index key, and definitions indented by `indent` characters.
 */
export function alignGlossaries(text: string): string {
  if (!text.includes('.. glossary::')) return text
  const lines = text.split('\n')
  const aligned: string[] = []
  for (let at = 0; at < lines.length; ) {
    const line = lines[at++]!
    aligned.push(line)
    if (!GLOSSARY.test(line)) continue
    for (; OPTION.test(lines[at] ?? ''); at++) aligned.push(lines[at]!)
    const outer = indentOf(line)
    const from = at
    while (at < lines.length && (lines[at]!.trim() === '' || indentOf(lines[at]!) > outer)) at++
    aligned.push(...alignEntries(lines.slice(from, at)))
  }
  return aligned.join('\n')
}

function alignEntries(lines: readonly string[]): string[] {
  const first = lines.find(line => line.trim() !== '')
  if (first === undefined) return [...lines]
  const margin = indentOf(first)
  const aligned: string[] = []
  let terms: string[] = []
  /** How much further the current definition is indented. */
  let shift: number | undefined
  for (const line of lines) {
    const isText = line.trim() !== ''
    const isOuter = isText && indentOf(line) <= margin
    if (isOuter && line.trimStart().startsWith('.. ')) aligned.push(line)
    else if (isOuter) {
      terms.push(line.trim().replace(/\s+:\s.*$/, ''))
      shift = undefined
    } else if (isText) {
      if (terms.length > 0) aligned.push('', ' '.repeat(margin) + terms.join(', '))
      terms = []
      shift ??= margin + INDENT - indentOf(line)
      aligned.push(' '.repeat(Math.max(indentOf(line) + shift, margin)) + line.trimStart())
    } else if (terms.length === 0) aligned.push(line)
  }
  return [...aligned, ...terms.map(term => ' '.repeat(margin) + term)]
}

/** Writes each term of a glossary with its definition as an entry. */
export function writeGlossary(directive: RstDirective, writing: Writing, depth: number): void {
  for (const node of bodyOf(directive)) {
    if (node.nodeType !== 'DefinitionList') writing.write(node, depth + 1)
    for (const item of node.children) {
      if (!(item instanceof RstDefinitionListItem)) continue
      const terms = joinText(item.term, writing.references)
      writing.outline.beginEntry(terms, anchorOf(terms))
      for (const child of item.definition) writing.write(child, depth + 1)
      writing.outline.endEntry()
    }
  }
}

/** The id that Sphinx generates for the first of the terms. */
function anchorOf(terms: string): string {
  return `term-${terms.replace(/,.*$/, '').replace(/[^\w.]+/g, '-')}`
}

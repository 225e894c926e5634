import { type RstDirective, RstFieldListItem, type RstNode } from 'rst-compiler'
import { indentOf } from '../indentation.ts'
import { joinText, type References } from './inline-text.ts'

const OPTION = /^\s+:[\w-]+:(?:\s|$)/
/** Facts about a setting, attribute or option that Sphinx shows below its name. */
const FACT = /^(?:type|default|value|choices|required)$/

/** Returns the text of an option of a directive, or an empty text. */
export function optionOf(directive: RstDirective, name: string): string {
  return directive.config?.getField(name) ?? ''
}

/** Returns the content without the argument, which the parser reads as the first paragraph. */
export function bodyOf(directive: RstDirective): readonly RstNode[] {
  const at = directive.source.startLineIdx
  return directive.children.filter((child, i) => i > 0 || child.source.startLineIdx > at)
}

/** Returns the lines of code below a directive and its options, without their indentation. */
export function codeOf({ source, rawBodyText }: RstDirective, lines: readonly string[]): string {
  const { startLineIdx: at, endLineIdx: end } = source
  // The cell of a table is no line.
  if (!/^\s*(?:(?:[-*+]|\w+\.)\s+)*\.\. /.test(lines[at] ?? '')) return rawBodyText
  const below = lines.slice(at + 1, end)
  const options = OPTION.test(below[0] ?? '') ? indentOf(below[0]!) : Number.POSITIVE_INFINITY
  const isOption = (line: string) => OPTION.test(line) || (line.trim() !== '' && indentOf(line) > options)
  const code = below.slice(below.findIndex(line => !isOption(line)))
  const margin = code.reduce(
    (least, line) => (line.trim() === '' ? least : Math.min(least, indentOf(line))),
    Number.POSITIVE_INFINITY,
  )
  return code.map(line => line.slice(margin)).join('\n')
}

/** Returns the facts that the options of a directive state, such as `Type: int`. */
export function factsOf(directive: RstDirective, references: References): string[] {
  const options = directive.config?.children.filter(option => option instanceof RstFieldListItem) ?? []
  return options.flatMap(({ name, body }) => {
    const label = joinText(name, references)
    const text = FACT.test(label) ? joinText(body, references) : ''
    return text === '' ? [] : [`${label.charAt(0).toUpperCase()}${label.slice(1)}: ${text}`]
  })
}

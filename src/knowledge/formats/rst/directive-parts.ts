import { type RstDirective, RstFieldListItem, type RstNode } from 'rst-compiler'
import { joinText, type References } from './inline-text.ts'

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

/** Returns the facts that the options of a directive state, such as `Type: int`. */
export function factsOf(directive: RstDirective, references: References): string[] {
  const options = directive.config?.children.filter(option => option instanceof RstFieldListItem) ?? []
  return options.flatMap(({ name, body }) => {
    const label = joinText(name, references)
    const text = FACT.test(label) ? joinText(body, references) : ''
    return text === '' ? [] : [`${label.charAt(0).toUpperCase()}${label.slice(1)}: ${text}`]
  })
}

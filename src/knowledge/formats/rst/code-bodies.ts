import { indentOf } from '../indentation.ts'
import { kindOf } from './directive-kinds.ts'
import { announcesCode } from './indentation.ts'

/** A directive without an argument. */
const DIRECTIVE = /^([^\S\n]*\.\. )([\w:+.-]+) ?::[^\S\n]*$/
const OPTION = /^\s*:[\w-]+:(?:\s|$)/
const PYTHON =
  /^(?:(?:import|from)\s+[\w.]+(?:$|\s+(?:as|import)\s|,)|(?:async\s+)?(?:def|class|with|for|while|if)\s.*:$|@[\w.]+(?:\(.*)?$)/
const CODE = /^(?:\$\s|>>>\s|#!|[\w.]+\(.*[^.:!?]$|[\w.[\]'"]+\s*=\s*\S|[{[(<]|(?:const|let|var)\s|.*[;{]$)/

/**
 * Renames the directives of extensions whose content begins like code, such as `click:example`, to
 * `code-block`. Other content of unknown directives is parsed.
 */
export function nameCode(text: string): string {
  /** Lines that are indented further than this are code. */
  let codeAbove: number | undefined
  const lines = text.split('\n')
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '' || (codeAbove !== undefined && indentOf(line) > codeAbove)) continue
    const [, before = '', name = ''] = DIRECTIVE.exec(line) ?? []
    if (name !== '' && kindOf(name.toLowerCase()) === 'unknown')
      lines[i] = before + codeBlockFor(lines, i, line.slice(before.length))
    codeAbove = announcesCode(lines[i]!) ? indentOf(line) : undefined
  }
  return lines.join('\n')
}

/** Returns the directive of a line as `code-block` if the first line of its content is code. */
function codeBlockFor(lines: readonly string[], at: number, directive: string): string {
  let body = at + 1
  while (body < lines.length && (lines[body]!.trim() === '' || OPTION.test(lines[body]!))) body++
  const first = (lines[body] ?? '').trim()
  if (indentOf(lines[body] ?? '') <= indentOf(lines[at]!)) return directive
  if (PYTHON.test(first)) return 'code-block:: python'
  return CODE.test(first) ? 'code-block::' : directive
}

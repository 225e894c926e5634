import { Help } from 'commander'
import type { ReplyText } from '../../reply-text.ts'

/** A list marker with the space around it, or only space. */
const INDENT = /^\s*(?:[-*•]\s+|\d+[.)]\s+)?/
const FENCED = /^(`{3,}|~{3,}).*\n([\s\S]*?)\n\1/gm

/** The reply without markup, wrapped at spaces, with lists indented. Lines of code stay whole. */
export function wrapReply({ text, plain }: Pick<ReplyText, 'text' | 'plain'>, width: number): string {
  const code = new Set([...text.matchAll(FENCED)].flatMap(([, , lines]) => lines!.split('\n')))
  return plain
    .split('\n')
    .map(line => (code.has(line) ? line : wrapLine(line, width)))
    .join('\n')
}

function wrapLine(line: string, width: number): string {
  const [indent] = INDENT.exec(line) ?? ['']
  return (
    indent +
    new Help().boxWrap(line.slice(indent.length), width - indent.length).replaceAll('\n', `\n${' '.repeat(indent.length)}`)
  )
}

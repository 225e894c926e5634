import type { ParsedDocument } from './parsed-document.ts'

/** Writes a parsed document as Markdown: the text of a document whose format is binary. */
export function writeMarkdown({ title, sections }: ParsedDocument): string {
  const parts: string[] = title === undefined ? [] : [`# ${title}`]
  let above: readonly string[] = []
  for (const { headings, blocks } of sections) {
    const common = headings.findIndex((heading, i) => heading !== above[i])
    for (const [i, heading] of headings.entries())
      if (common !== -1 && i >= common && heading !== title) parts.push(`${'#'.repeat(Math.min(i + 2, 6))} ${heading}`)
    above = headings
    for (const { kind, text, language = '' } of blocks) parts.push(kind === 'code' ? `\`\`\`${language}\n${text}\n\`\`\`` : text)
  }
  return parts.join('\n\n')
}

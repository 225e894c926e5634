import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '..')

/** The pages that people read: paths from the root of the project, in alphabetical order. */
export const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...globSync('docs/**/*.md', { cwd: ROOT }),
]
  .map(page => page.replaceAll('\\', '/'))
  .sort()

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
}

/** The text without fenced code blocks. */
function proseOf(text: string): string {
  return text.replace(FENCE, '')
}

/** The lines of the shell blocks. A line that ends in a backslash is joined with the next. */
export function shellLinesOf(text: string): readonly string[] {
  return [...text.matchAll(FENCE)]
    .filter(([, language]) => language === 'sh')
    .flatMap(([, , code = '']) => code.replaceAll(/\\\n\s*/g, '').split('\n'))
}

/** The targets of the links and pictures in the prose. */
export function linksOf(text: string): readonly string[] {
  return [...proseOf(text).matchAll(/\]\(([^)\s]+)\)|<(?:img|a)\b[^>]*\b(?:src|href)="([^"]+)"/g)].map(([, a, b]) => a ?? b ?? '')
}

/** The anchors of the headings, as GitHub derives them. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const [, title = ''] of proseOf(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const slug = title
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-')
    let anchor = slug
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`
    anchors.add(anchor)
  }
  return anchors
}

const FENCE = /^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm

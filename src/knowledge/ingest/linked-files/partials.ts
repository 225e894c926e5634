import { dirname, resolve } from 'node:path'
import { readFrontMatter } from '../../formats/markdown/front-matter.ts'
import { type IncludeFolders, readIncluded } from './included-file.ts'

const IMPORT = /^import\s+([A-Z]\w*)\s+from\s+['"](?:@site\/)?([^'"\n]+\.mdx?)['"];?\s*$/
const TAG = /^(\s*)<([A-Z]\w*)(?:\s[^<>]{0,1000})?(?:\/>|>\s*<\/\2>)\s*$/
const FENCE = /^\s*(`{3,}|~{3,})/
const MAX_PARTIALS = 100
const MAX_DEPTH = 3

/**
 * Replaces the tags of imported Markdown files by their content, as Docusaurus does: `<Part />`
 * after `import Part from './_part.mdx'`. Tags within a line or within code are not replaced.
 */
export function expandPartials(text: string, folders: IncludeFolders): Promise<string> {
  return expand(text, folders, { left: MAX_PARTIALS }, MAX_DEPTH)
}

async function expand(text: string, folders: IncludeFolders, budget: { left: number }, depth: number): Promise<string> {
  if (!/^import .*\.mdx?['"]/m.test(text)) return text
  const paths = new Map<string, string>()
  const shown: string[] = []
  let fence = ''
  for (const line of text.split('\n')) {
    const marks = FENCE.exec(line)?.[1] ?? ''
    if (marks !== '' && fence === '') fence = marks
    else if (marks.startsWith(fence) && line.trim() === marks) fence = ''
    const [, name, path] = (fence === '' && IMPORT.exec(line)) || []
    if (name !== undefined && path !== undefined) paths.set(name, path)
    const [, indent = '', tag = ''] = (fence === '' && TAG.exec(line)) || []
    const part = paths.get(tag)
    const content = part === undefined || budget.left-- <= 0 || depth === 0 ? undefined : await readIncluded(part, folders)
    if (part === undefined || content === undefined) shown.push(line)
    else {
      const within = { ...folders, file: resolve(dirname(folders.file), part) }
      const whole = await expand(content.text.slice(readFrontMatter(content.text).length), within, budget, depth - 1)
      shown.push('', ...whole.split('\n').map(each => (each.trim() === '' ? '' : indent + each)), '')
    }
  }
  return shown.join('\n')
}

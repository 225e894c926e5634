import { dirname, resolve } from 'node:path'
import { createFenceReader } from '../../formats/markdown/code/fences.ts'
import { readFrontMatter } from '../../formats/markdown/front-matter.ts'
import { type IncludeFolders, readIncluded } from './included-file.ts'

const IMPORT = /^import\s+([A-Z]\w*)\s+from\s+['"](?:@site\/)?([^'"\n]+\.mdx?)['"];?\s*$/
const TAG = /^(\s*)<([A-Z]\w*)(?:\s[^<>]{0,1000})?(?:\/>|>\s*<\/\2>)\s*$/
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
  const readFence = createFenceReader()
  for (const line of text.split('\n')) {
    const isText = readFence(line).kind === 'text'
    const [, name, path] = (isText && IMPORT.exec(line)) || []
    if (name !== undefined && path !== undefined) paths.set(name, path)
    const [, indent = '', tag = ''] = (isText && TAG.exec(line)) || []
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

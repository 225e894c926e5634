import { glob, readFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { IncomingDocument } from './document.ts'

const PAGES = ['README.md', 'CONTRIBUTING.md', 'docs/**/*.md']
/** Pages for developers. They would compete with those that say how to do something. */
const EXCLUDED = ['docs/internals/**']

/**
 * Reads the manual, which a server without documents answers from: README.md, CONTRIBUTING.md and
 * docs/ without its pages for developers. `root` is the folder that contains them, by default that
 * of this package. A page that does not exist is skipped.
 */
export async function loadManual(root: URL | string = packageFolder()): Promise<IncomingDocument[]> {
  const folder = root instanceof URL ? fileURLToPath(root) : root
  const pages: string[] = []
  for await (const page of glob(PAGES, { cwd: folder, exclude: EXCLUDED })) pages.push(page)
  return Promise.all(pages.sort().map(page => readPage(folder, page)))
}

async function readPage(folder: string, page: string): Promise<IncomingDocument> {
  const text = await readFile(join(folder, page), 'utf8')
  return { id: `pellucid/${page.replaceAll(sep, '/')}`, text, format: 'markdown', owner: 'project' }
}

function packageFolder(): string {
  return dirname(findPackageJSON('.', import.meta.url)!)
}

import { readFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errnoOf } from '../errors.ts'
import type { IncomingDocument } from './document.ts'

/** The pages that tell how to use this server; a package may come without some of them. */
const PAGES = ['README.md', 'CONTRIBUTING.md', 'otel/README.md', 'bench/README.md']

/** Reads the project's own documentation: what an empty server can be asked about. `root` is the project's folder, by default the one of this package. */
export async function loadManual(root: URL | string = packageFolder()): Promise<IncomingDocument[]> {
  const folder = root instanceof URL ? fileURLToPath(root) : root
  const pages = await Promise.all(PAGES.map(page => readPage(folder, page)))
  return pages.filter(page => page !== undefined)
}

async function readPage(folder: string, page: string): Promise<IncomingDocument | undefined> {
  try {
    return { id: `pellucid/${page}`, text: await readFile(join(folder, page), 'utf8'), format: 'markdown', owner: 'project' }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function packageFolder(): string {
  return dirname(findPackageJSON('.', import.meta.url)!)
}

import { dirname, join } from 'node:path/posix'

/**
 * Returns the web address of a page below a base address. `path` is the file's path in the folder
 * ingested, `given` the address in its front matter. As on most sites, Markdown and
 * reStructuredText lose their extension, and `index` and `README` are the page of their folder.
 */
export function addressOf(path: string, given: string | undefined, baseUrl: string | undefined): string | undefined {
  if (given !== undefined && /^https?:\/\//i.test(given)) return given
  if (baseUrl === undefined) return undefined
  const page = path.replace(/\.(?:md|mdx|markdown|rst)$/i, '').replace(/(^|\/)(?:index|readme)$/i, '$1')
  const slug = given === undefined ? page : given.startsWith('/') ? given.slice(1) : join(dirname(path), given)
  return `${baseUrl.replace(/\/+$/, '')}/${slug.split('/').map(encodeURIComponent).join('/')}`
}

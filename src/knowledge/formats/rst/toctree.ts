const TOCTREE = /^(\s*)\.\. toctree::/
/** `Title <path>` */
const TITLED = /^(.*\S)\s*<([^<>]+)>$/
/** Patterns and the page itself have no title of their own. */
const NO_PAGE = /[*?[\]]|^self$|:\/\//
const MAX_ENTRIES = 200

/** A page that a `toctree` lists, with the title given there. */
export interface TocEntry {
  readonly path: string
  readonly title?: string
}

/** Reads the entries of the displayed `toctree` that begins at a line. Empty for any other line. */
export function tocEntries(lines: readonly string[], at: number): readonly TocEntry[] {
  const indent = TOCTREE.exec(lines[at] ?? '')?.[1]?.length
  const entries: TocEntry[] = []
  if (indent === undefined) return entries
  for (let i = at + 1; i < lines.length && entries.length < MAX_ENTRIES; i++) {
    const line = lines[i]!.trim()
    if (line === '') continue
    if (lines[i]!.search(/\S/) <= indent) break
    if (line === ':hidden:') return []
    if (line.startsWith(':')) continue
    const [, title, path = line] = TITLED.exec(line) ?? []
    if (!NO_PAGE.test(path)) entries.push({ path, ...(title !== undefined && { title }) })
  }
  return entries
}

/** The paths of all pages that displayed `toctree`s of a document list without a title. */
export function tocPaths(text: string): readonly string[] {
  const lines = text.includes('.. toctree::') ? text.split('\n') : []
  return lines.flatMap((_, i) => tocEntries(lines, i)).flatMap(({ path, title }) => (title === undefined ? [path] : []))
}

const NOT_IN_SLUG = /[^\p{Letter}\p{Mark}\p{Number}\p{Connector_Punctuation}\- ]/gu

/**
 * Creates a function that generates the anchors of a document's headings like GitHub: lower case,
 * without punctuation, spaces as hyphens, and `-1`, `-2`, … for repeated anchors. It returns
 * undefined if no character is left.
 */
export function createSlugger(): (heading: string) => string | undefined {
  const taken = new Map<string, number>()
  return heading => {
    const slug = heading.toLowerCase().replace(NOT_IN_SLUG, '').replaceAll(' ', '-')
    if (slug === '') return undefined
    let unique = slug
    let copies = taken.get(slug) ?? 0
    while (taken.has(unique)) unique = `${slug}-${++copies}`
    taken.set(slug, copies).set(unique, taken.get(unique) ?? 0)
    return unique
  }
}

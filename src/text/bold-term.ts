/**
 * The pattern of a term in bold at the start of an entry: `**term**`. What follows, usually a
 * colon, is up to the caller.
 * @param term The pattern of the term.
 */
export function boldTerm(term = String.raw`[^\n]+?`): string {
  return String.raw`\*\*${term}\*\*`
}

const TITLE = /^\.\. title of (ref|doc) `([^`\n]+)`: ([^\n]+)$/gm
const MAX_TITLE_CHARS = 300

/**
 * Writes the titles of what references refer to, by `ref label` or `doc path`, as comments for the
 * end of a document. A title within the text would be wider than the column of a table.
 */
export function writeTitles(titles: ReadonlyMap<string, string>): string {
  const comments = Array.from(titles, ([key, title]) => {
    const [role, ...target] = key.split(' ')
    return `\n\n.. title of ${role} \`${target.join(' ')}\`: ${title.slice(0, MAX_TITLE_CHARS)}`
  })
  return comments.join('')
}

/** Returns the titles that the comments of a document contain. */
export function readTitles(text: string): Map<string, string> {
  return new Map(Array.from(text.matchAll(TITLE), ([, role, target, title = '']) => [`${role} ${target}`, title]))
}

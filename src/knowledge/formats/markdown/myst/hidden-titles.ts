const TITLE = /^<!-- title of `([^`\n]+)`: ([^\n]+) -->$/gm
const MAX_TITLE_CHARS = 300

/** Writes the titles of what references refer to as comments for the end of a page. */
export function writeHiddenTitles(titles: ReadonlyMap<string, string>): string {
  const comments = Array.from(titles, ([target, title]) => {
    return `\n\n<!-- title of \`${target}\`: ${title.replaceAll('--', '–').slice(0, MAX_TITLE_CHARS)} -->`
  })
  return comments.join('')
}

/** Returns the titles in the comments of a page, by target as written. */
export function readHiddenTitles(text: string): ReadonlyMap<string, string> {
  return new Map(Array.from(text.matchAll(TITLE), ([, target = '', title = '']) => [target, title]))
}

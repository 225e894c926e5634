/**
 * A label before a title, with further labels and comments in between, and the title's underline.
 */
const LABELLED =
  /^\.\. _(?:`([^`\n]+)`|([^:\n]+)):[^\S\n]*\n(?=((?:(?:\.\. [^\n]*|[^\S\n]*)\n){0,8}(?:([=~^"'*+#-])\4{2,}\n)?([^\s.][^\n]*)\n([=~^"'*+#`:.-])\6{2,}\s*(?:\n|$))?)/gm
const TITLE = /^(?:([=~^"'*+#-])\1{2,}\n)?[^\S\n]*(\S[^\n]*)\n([=~^"'*+#-])\3{2,}[^\S\n]*(?:\n|$)/m

/** Returns the titles of the sections that have a label, by label in lower case. */
export function readLabels(text: string): Map<string, string> {
  const labels = new Map<string, string>()
  if (!text.includes('.. _')) return labels
  for (const [, quoted, name = quoted ?? '', , , title] of text.matchAll(LABELLED)) {
    if (title !== undefined) labels.set(name.trim().toLowerCase(), plain(title))
  }
  return labels
}

/** Returns the first title of a text, without markup. */
export function readTitle(text: string): string | undefined {
  const title = TITLE.exec(text)?.[2]
  return title === undefined ? undefined : plain(title)
}

function plain(title: string): string {
  return title
    .replace(/:[\w:+-]+:`~?([^`<]*?)(?:\s*<[^`]*)?`/g, '$1')
    .replace(/[`*]/g, '')
    .trim()
}

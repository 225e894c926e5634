/** HTML elements. Other names in angle brackets, such as `<name>`, are placeholders. */
const ELEMENTS = new Set(
  (
    'abbr acronym address area article aside audio b base bdi bdo big blockquote body br button canvas caption center cite code ' +
    'col colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form ' +
    'frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link main map mark ' +
    'math menu meta meter nav nobr noscript object ol optgroup option output p param picture pre progress q rp rt ruby s samp ' +
    'script search section select slot small source span strike strong style sub summary sup svg table tbody td template ' +
    'a textarea tfoot th thead time title tr track tt u ul var video wbr path g circle rect line defs use'
  ).split(' '),
)
const BARE_TAG = /<([A-Za-z][\w.:-]*)>/g

/** Returns the text that an inline tag shows: a placeholder, or the space of a line break. */
export function placeholderIn(tag: string): string {
  if (/^<br\b/i.test(tag)) return ' '
  const name = /^<([A-Za-z][\w.:-]*)>$/.exec(tag)?.[1]
  return name === undefined || ELEMENTS.has(name.toLowerCase()) ? '' : tag
}

/** Escapes the placeholders in a block of HTML. Names with an end tag are elements. */
export function keepPlaceholders(html: string): string {
  const closed = endTagsIn(html)
  return html.replace(BARE_TAG, (tag, name: string) =>
    ELEMENTS.has(name.toLowerCase()) || closed.has(name) ? tag : `&lt;${name}&gt;`,
  )
}

/** Returns the names of all end tags in a text. */
export function endTagsIn(text: string): ReadonlySet<string> {
  return new Set(Array.from(text.matchAll(/<\/([A-Za-z][\w.:-]*)/g), ([, name]) => name!))
}

/** Elements that begin and end a block of text. */
export const BLOCK_ELEMENTS: ReadonlySet<string> = new Set(
  (
    'address article blockquote body caption center dd details div dl dt fieldset figcaption figure form h1 h2 h3 h4 h5 h6 ' +
    'header hgroup hr html legend li main ol p pre search section summary table tbody td tfoot th thead tr ul'
  ).split(' '),
)
export const HEADING = /^h[1-6]$/
export const LIST = /^[ou]l$/

/** The title of a box with a remark. It is shown before the text of the box. */
const ADMONITION = /^(?:note|tip|hint|info|important|warning|caution|danger|attention|error|see also)\W?$/i
const ADMONITION_TITLE_CLASSES = /(?:^|\s)(?:admonition-title|admonition-heading)/
/** Class names that name the language of code, as written by the usual highlighters. */
const LANGUAGE_CLASS = /(?:^|\s)(?:language|lang|highlight|brush:|highlight-source)-?\s?([\w+#]+)/
/** Class names that match `LANGUAGE_CLASS` but name no language. */
const NOT_LANGUAGES = new Set(['default', 'none', 'text', 'source', 'wrapper', 'container', 'notranslate'])

/** Returns whether the text of a heading or paragraph is the title of a box with a remark. */
export function isAdmonitionTitle(text: string, className: string): boolean {
  return ADMONITION.test(text) || ADMONITION_TITLE_CLASSES.test(className)
}

/** Returns the language of the code in an element with these classes. */
export function languageOf(className: string): string | undefined {
  const language = LANGUAGE_CLASS.exec(className)?.[1]?.toLowerCase()
  return language === undefined || NOT_LANGUAGES.has(language) ? undefined : language
}

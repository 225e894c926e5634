/** A line at the top of code that names its file, or sets what the site shows around it. */
const SETTING =
  /^[\s>]*(?:<!---|\/\/\/|###)[^\S\n]*(?:file:[^\S\n]*(\S+?(?:[^\S\n]\([^)\n]{1,60}\))?)|(?:link|copy):[^\S\n]*\S+?)[^\S\n]*(?:-{2,3}>)?[^\S\n]*$/
/** A comment for a compiler, which may precede such a line. */
const COMPILER = /^[\s>]*\/\/ @/
/** A document, in which such a line is a heading. */
const DOCUMENT = /^\s*(?:md|markdown|diff)\b/
/** Languages with marks around changes, which mean something else in others. */
const MARKED = /^\s*(?:[cm]?[jt]sx?|javascript|typescript|svelte|html|s?css)\b/
const SVELTE = /^\s*svelte\b/
/** Two marks of an addition, or one at the beginning of a line. Operators are rarely so. */
const ADDITIONS = /\+{3}(?!\+)[^+][\s\S]*\+{3}|^[^\S\n]*\+{3}[^+]/m
/** A removed part, except lines and comments of dashes, with the space after it. */
const REMOVED = /(?<![-!<'"`]|\/\/ ?|\* ?|# ?)---(?![->]|[^\S\n]*\n)((?:[^-]|-(?!--)){1,2000})(?<=\S)---(?!-)( ?)/g

/** Where something was left out. Documents do not contain it. */
const MARK = '\0'

/** Code without the settings above it. */
export interface Snippet {
  readonly file: string | undefined
  readonly lines: readonly string[]
}

/** Reads lines such as `/// file: a.js` and `<!--- file: a.svelte --->` at the top of code. */
export function readSettings(info: string, lines: readonly string[]): Snippet {
  if (DOCUMENT.test(info)) return { file: undefined, lines }
  const first = lines.findIndex(line => !SETTING.test(line) && !COMPILER.test(line))
  const top = first === -1 ? lines : lines.slice(0, first)
  const [, file] = top.map(line => SETTING.exec(line)).find(setting => setting?.[1] !== undefined) ?? []
  return { file, lines: lines.filter((line, i) => i >= top.length || !SETTING.test(line)) }
}

/**
 * Returns code after the changes that the marks of Svelte's documentation show: `+++added+++` and
 * `---removed---`. Code that is removed as a whole is kept without its marks.
 */
export function applyChanges(info: string, lines: readonly string[]): readonly string[] {
  const text = MARKED.test(info) ? lines.join('\n') : ''
  const isAdding = ADDITIONS.test(text)
  if (!isAdding && !(SVELTE.test(info) && text.includes('---'))) return lines
  const kept = withoutMarks(text.replace(REMOVED, leaveOut), isAdding)
  return kept.length === 0 ? withoutMarks(text.replace(REMOVED, '$1$2'), isAdding) : kept
}

/** Of a space before and after what is left out, one stays. */
function leaveOut(_whole: string, _part: string, space: string, at: number, text: string): string {
  return MARK + (/\s/.test(text[at - 1] ?? ' ') ? '' : space)
}

/** Removes marks, with the lines that contain nothing else. */
function withoutMarks(text: string, isAdding: boolean): readonly string[] {
  return (isAdding ? text.replaceAll('+++', MARK) : text)
    .split('\n')
    .filter(line => !line.includes(MARK) || line.replaceAll(MARK, '').trim() !== '')
    .map(line => line.replaceAll(MARK, ''))
}

/** A line of a stack trace, which says where an error occurred. */
const TRACE_LINE =
  /^[ \t]*(?:at\s+\S.{0,300}[:(]\S*\d\)?|File "[^"\n]{1,300}", line \d+.{0,200}|from \S{1,300}:\d+.{0,200}|\.{3} \d+ (?:more|frames?).{0,100}|goroutine \d+.{0,100}|stack ?trace:?|location:)[ \t]*$/i
/** The same within a line: "at write (/srv/store.js:10:3)", "main.go:33", "/srv/app.py:7". */
const SOURCE = String.raw`\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|php|c|cc|cpp|h|cs|vue|svelte|astro|mdx?|html?|css|ya?ml|json|toml|sql|sh|exs?|swift|lua|pl)`
const PLACE = new RegExp(
  String.raw`\b(?:at|in|from) (?:async )?[\w$.<>[\]]{1,80} \([^()\s]{1,300}:\d+(?::\d+)?\)|(?:\b(?:at|in|from) )?\(?(?:\b[a-z]:)?(?:[\w.@~-]{0,100}[\\/]){0,30}[\w.@-]{1,100}${SOURCE}:\d+(?::\d+)?\)?`,
  'gi',
)
const LINE_NUMBER = /:\d/
/** What the lines of a log begin with: a time, a level. */
const STAMP =
  /^[ \t]*(?:\[?(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d[^\s\]]*\]?[ \t]+(?:[AP]M[ \t]+)?|\[(?:error|warn(?:ing)?|info|debug|trace)\][ \t]*)+/i
const ERROR_WORD =
  /error|exception|fail|fatal|panic|denied|refused|forbidden|cannot|can['’]t|could(?: not|n['’]t)|not (?:found|allowed|defined|supported)|invalid|illegal|unable|unexpected|undefined|\bmust (?:not )?be\b|^\W*missing\b/i
const ERROR_CODE = /\bE[A-Z_]{4,}/
const INDENTED = /^\s+\S/
/** What a person writes around a log: a question, or what was done. */
const QUESTION_LINE =
  /\?\s*$|^\W*(?:how|what|why|when|where|which|who|can|is|are|do|does|should|i|we|my|our|after|since|wie|was|warum|wieso|kann|ich|wir|nach|seit)\b/i
/** The first errors of a log cause the others. */
const MAX_ERRORS = 4

/** Whether a line of a message is an error rather than a question. */
export function hasError(message: string): boolean {
  return message.split('\n').some(line => isError(line) && !QUESTION_LINE.test(line))
}

/**
 * A message without the traces of an error. A log is from the first line with a trace, a place or a
 * time to the last one. Its first errors and what a person writes are kept: the documents cannot
 * have the rest. Linear time.
 */
export function withoutTraces(message: string): string {
  const written = message.split('\n')
  const lines = written.map(line => withoutPlaces(line.replace(TRACE_LINE, '')).replace(STAMP, ''))
  const isChanged = (line: string, i: number) => line !== written[i]
  const [first, last] = [lines.findIndex(isChanged), lines.findLastIndex(isChanged)]
  if (first === -1) return message
  const errors = lines.filter(isError).slice(0, MAX_ERRORS)
  const isAround = (line: string, i: number) => (i < first || i > last) && !INDENTED.test(line)
  const isKept = (line: string, i: number) => isAround(line, i) || errors.includes(line) || QUESTION_LINE.test(line)
  const kept = lines.filter((line, i) => errors.length === 0 || isKept(line, i)).join('\n')
  return kept.trim() === '' ? message : kept
}

function isError(line: string): boolean {
  return ERROR_WORD.test(line) || ERROR_CODE.test(line)
}

/** A place ends in the number of a line, which few lines have. */
function withoutPlaces(line: string): string {
  return LINE_NUMBER.test(line) ? line.replace(PLACE, ' ') : line
}

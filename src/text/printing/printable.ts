/**
 * Characters that could change how a terminal or log viewer shows a line, and the backslash that
 * escapes them. They are controls (C0, DEL, C1), line and paragraph separators, direction marks and
 * overrides, the byte-order mark, tag characters and lone surrogates.
 */
const UNSAFE = /[\\\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu

/** Returns a text as one line that is safe to print: line breaks and the like are escaped. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, escapeCharacter)
}

/** As `escapeControls`, with white space shortened to one space first, for sentences of users. */
export function onOneLine(text: string): string {
  return escapeControls(text.replace(/\s+/g, ' '))
}

/** Returns a text of several lines safe to print. Lines, tabs and backslashes are kept. */
export function escapeBetweenLines(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNSAFE, char => ('\n\t\\'.includes(char) ? char : escapeCharacter(char)))
}

/** Returns the escape of a character, as in JavaScript: `\n`, `\u001b`, `\u{e0001}`. */
export function escapeCharacter(character: string): string {
  if (character === '\\') return '\\\\'
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  if (character === '\t') return '\\t'
  const hex = character.codePointAt(0)?.toString(16) ?? ''
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`
}

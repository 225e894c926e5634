/** Emoji whose names carry the meaning of a table cell or a remark. */
const EMOJI: Readonly<Record<string, string>> = {
  white_check_mark: '✅',
  heavy_check_mark: '✔️',
  ballot_box_with_check: '☑️',
  x: '❌',
  heavy_multiplication_x: '✖️',
  negative_squared_cross_mark: '❎',
  no_entry: '⛔',
  no_entry_sign: '🚫',
  warning: '⚠️',
  information_source: 'ℹ️',
  bulb: '💡',
  construction: '🚧',
  question: '❓',
  exclamation: '❗',
  rocket: '🚀',
  tada: '🎉',
  star: '⭐',
  memo: '📝',
}
const NAMES = new RegExp(`(?<![\\w:]):(${Object.keys(EMOJI).join('|')}):(?![\\w:])`, 'g')

/** Replaces the names of common emoji, such as `:warning:`. */
export function expandEmoji(text: string): string {
  return text.replace(NAMES, (_, name: string) => EMOJI[name]!)
}

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
  sparkles: '✨',
  fire: '🔥',
  zap: '⚡',
  boom: '💥',
  bug: '🐛',
  lock: '🔒',
  key: '🔑',
  gear: '⚙️',
  wrench: '🔧',
  package: '📦',
  book: '📖',
  books: '📚',
  link: '🔗',
  mag: '🔍',
  eyes: '👀',
  heart: '❤️',
  wave: '👋',
  smile: '😄',
  point_right: '👉',
  arrow_right: '➡️',
  arrow_left: '⬅️',
  arrow_up: '⬆️',
  arrow_down: '⬇️',
  '+1': '👍',
  thumbsup: '👍',
  '-1': '👎',
  thumbsdown: '👎',
}
const NAMES = Object.keys(EMOJI).join('|').replace('+', '\\+')
/**
 * The name of an emoji, or of an icon of Material for MkDocs with its attributes. Other words
 * between colons, such as `:memory:`, are text.
 */
const CODE = new RegExp(
  String.raw`(?<![\w:]):(?:(${NAMES})|(?:material|fontawesome|octicons|simple)-([a-z\d-]{1,80})):(?![\w:])(?:\{[^{}\n]{0,100}\})?`,
  'g',
)
/** Icons that carry the meaning of a table cell. */
const YES = /^(?:check|(?:solid|regular)-(?:circle-)?check)(?:-|$)/
const NO = /^(?:close|x|(?:solid|regular)-(?:circle-)?xmark)(?:-|$)/

/** Replaces the names of common emoji, such as `:warning:`, and removes icons except ✅ and ❌. */
export function expandEmoji(text: string): string {
  return text.replace(CODE, (_, name?: string, icon = '') => {
    if (name !== undefined) return EMOJI[name]!
    return YES.test(icon) ? '✅' : NO.test(icon) ? '❌' : ''
  })
}

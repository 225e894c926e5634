import type { MarkdownIt, StateInline } from 'markdown-it'

/** Distinguishes single tildes from double ones, which do not match them. */
const MARKER = -0x7e

/** Removes single tildes around text, which GitHub strikes out like double ones. */
export function addSingleTildes(parser: MarkdownIt): void {
  parser.inline.ruler.before('strikethrough', 'single_tilde', readTilde)
  parser.inline.ruler2.after('balance_pairs', 'single_tilde', dropPairs)
}

function readTilde(state: StateInline, silent: boolean): boolean {
  if (silent || state.src[state.pos] !== '~') return false
  const { length, can_open: open, can_close: close } = state.scanDelims(state.pos, true)
  if (length !== 1) return false
  state.push('text', '', 0).content = '~'
  state.delimiters.push({ marker: MARKER, length: 0, token: state.tokens.length - 1, end: -1, open, close })
  state.pos += 1
  return true
}

function dropPairs({ tokens, delimiters, tokens_meta }: StateInline): void {
  for (const list of [delimiters, ...tokens_meta.map(meta => meta?.delimiters)]) {
    for (const { marker, token, end } of list ?? []) {
      if (marker !== MARKER || end === -1) continue
      tokens[token]!.content = ''
      tokens[list![end]!.token]!.content = ''
    }
  }
}

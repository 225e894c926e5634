import { gfm } from 'micromark-extension-gfm'
import type { CheckTime } from '../parsed-document.ts'

type Syntax = ReturnType<typeof gfm>

const GFM_SYNTAX = gfm()
/** MDX has no indented code, so that the content of components can be indented. */
const MDX_SYNTAX = { disable: { null: ['codeIndented'] } }
/** The parser searches for the beginning of each emphasis, in quadratic time without a limit. */
const NO_EMPHASIS = { disable: { null: ['attention', 'strikethrough'] } }
/** Characters that may begin emphasis, per paragraph. Real ones have a few dozen. */
const MAX_MARKS = 2000
/**
 * The parser joins the brackets of text that is no link with the text around them. This moves the
 * rest of the paragraph each time: 20,000 of `[^a]` took 4.4 s, 4,000 take 0.2 s.
 */
const NO_LINKS = {
  disable: { null: ['labelStartLink', 'labelStartImage', 'labelEnd', 'gfmFootnoteCall', 'gfmPotentialFootnoteCall'] },
}
const MAX_BRACKETS = 4000
/** Where the paragraph or item ends. */
const BLOCK_END = /\n(?=[^\S\n]*(?:\n|[-*+|>][^\S\n]|\d{1,9}[.)][^\S\n]))/

/**
 * Creates a function that returns the syntax of a piece of a page: CommonMark with GitHub's
 * extensions, without emphasis or links if a paragraph has too many of their characters, which then
 * are text. Parsing can be stopped by `checkTime`.
 */
export function createSyntax(isMdx: boolean, checkTime: CheckTime): (piece: string) => Syntax[] {
  const extensions: Syntax[] = [GFM_SYNTAX, timeLimit(checkTime), ...(isMdx ? [MDX_SYNTAX] : [])]
  return piece => [
    ...extensions,
    ...(hasMany(piece, /\n[^\S\n]*\n/, /[*_~]+/g, MAX_MARKS) ? [NO_EMPHASIS] : []),
    ...(hasMany(piece, BLOCK_END, /\]/g, MAX_BRACKETS) ? [NO_LINKS] : []),
  ]
}

/** Returns whether a part of a text has more matches than a limit. */
function hasMany(text: string, end: RegExp, pattern: RegExp, limit: number): boolean {
  if (text.length <= limit) return false
  return text.split(end).some(part => part.length > limit && (part.match(pattern)?.length ?? 0) > limit)
}

/**
 * A syntax extension that is tried at every position and never matches: the only way to stop the
 * tokenizer.
 */
function timeLimit(checkTime: CheckTime): Syntax {
  const construct = {
    tokenize: (_effects: unknown, _ok: unknown, nok: (code: number | null) => undefined) => (code: number | null) => {
      checkTime()
      return nok(code)
    },
  }
  const anywhere = { null: construct } as unknown as NonNullable<Syntax['text']>
  // Constructs that begin a list or quote are tried before those that may begin anywhere.
  const containers = Object.fromEntries(Array.from('*+->0123456789', character => [character.charCodeAt(0), anywhere.null]))
  return { document: { ...anywhere, ...containers }, flow: anywhere, text: anywhere }
}

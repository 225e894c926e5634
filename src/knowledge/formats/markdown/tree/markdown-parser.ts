import createMarkdown, { type Env, type MarkdownIt, type Token } from 'markdown-it'
import footnotes from 'markdown-it-footnote'
import type { CheckTime } from '../../parsed-document.ts'
import { addMdxIndentation } from './mdx-indentation.ts'
import { addSingleTildes } from './single-tildes.ts'

/**
 * Levels of tokens, of which a list has two. What is nested deeper is dropped by the parser, so
 * this is more than documents may have.
 */
const MAX_LEVELS = 1200

const PAGE = createPageParser()
const MDX_PAGE = createPageParser().use(addMdxIndentation)
/** Front matter has no HTML: `<Suspense>` is a title. */
const INLINE = createMarkdown({ html: false }).use(keepLinks).disable('strikethrough')
const INLINE_WITHOUT_EMPHASIS = createMarkdown({ html: false }).use(keepLinks).disable(['strikethrough', 'emphasis'])

/** Parses CommonMark with GitHub's extensions. A footnote stays where it is defined. */
export function parsePage(text: string, isMdx: boolean, checkTime: CheckTime): Token[] {
  return (isMdx ? MDX_PAGE : PAGE).parse(text, { checkTime })
}

/** Parses text without blocks. */
export function parseInline(text: string, hasEmphasis: boolean): Token[] {
  return (hasEmphasis ? INLINE : INLINE_WITHOUT_EMPHASIS).parseInline(text, {})
}

/** Replaces entities and escaped characters. */
export const unescapeText: (text: string) => string = PAGE.utils.unescapeAll

function createPageParser(): MarkdownIt {
  const parser = createMarkdown({ html: true, maxNesting: MAX_LEVELS }).use(keepLinks).use(footnotes).use(addSingleTildes)
  // The extension moves footnotes to the end, and reads `^[text]` as one, which GitHub does not.
  parser.core.ruler.disable('footnote_tail')
  parser.inline.ruler.disable('footnote_inline')
  parser.block.ruler.before('table', 'time_limit', checkTime)
  parser.inline.ruler.before('text', 'time_limit', checkTime)
  return parser
}

/** Shows links as they are written, whatever their address. */
function keepLinks(parser: MarkdownIt): void {
  parser.normalizeLink = url => url
  parser.normalizeLinkText = url => url
  parser.validateLink = () => true
}

/** A rule that never matches: the only way to stop the parser. */
function checkTime({ env }: { readonly env: Env }): boolean {
  ;(env.checkTime as CheckTime)()
  return false
}

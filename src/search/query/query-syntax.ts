import { analyse, type Token } from '../../text/analysis.ts'

/** A parsed query in search syntax. */
export interface QuerySyntax {
  /** The text that passages are ranked by: the query without its exclusions and sources. */
  readonly text: string
  /** Phrases that every hit contains, each as adjacent terms. */
  readonly required: readonly (readonly string[])[]
  /** Phrases and words that no hit contains, each as adjacent terms. */
  readonly excluded: readonly (readonly string[])[]
  /** Substrings of document ids, in lower case. Every hit's document id contains all of them. */
  readonly sources: readonly string[]
  /** Substrings that no hit's document id contains. */
  readonly excludedSources: readonly string[]
  /** The last word, folded, if it may be the beginning of a word. */
  readonly beginning: string | undefined
}

const SOURCE = /(?<!\S)(?<minus>[-−–])?source:(?:"(?<quoted>[^"]+)"|(?<plain>[^\s"]+))/gi
/**
 * Maximum number of phrases and excluded words, and of sources. Phrases beyond it are treated as
 * plain words; excluded words and sources beyond it are dropped.
 */
const MAX_CONDITIONS = 8
const CONDITION = /(?<![^\s(])(?<minus>[-−–])?(?:"(?<phrase>[^"]*)"|(?<=[-−–])(?<word>[^\s"-]\S*))/g

/**
 * Parses a query in search syntax. Never fails: an unclosed quote or a single dash is an ordinary
 * character.
 */
export function parseSyntax(query: string): QuerySyntax {
  const required: string[][] = []
  const excluded: string[][] = []
  const sources: string[] = []
  const excludedSources: string[] = []
  const withoutSources = query.replaceAll(SOURCE, (_match, minus?: string, quoted?: string, plain?: string) => {
    const wanted = minus === undefined ? sources : excludedSources
    if (sources.length + excludedSources.length < MAX_CONDITIONS) wanted.push((quoted ?? plain ?? '').toLowerCase())
    return ' '
  })
  const text = withoutSources.replaceAll(CONDITION, (match, minus?: string, phrase?: string, word?: string) => {
    const row = rowOf(analyse(phrase ?? word ?? ''))
    if (row.length === 0) return match
    const conditions = minus === undefined ? required : excluded
    if (required.length + excluded.length < MAX_CONDITIONS) conditions.push(row)
    return minus === undefined ? ` ${phrase} ` : ' '
  })
  const beginning = /["\s]$/.test(text) ? undefined : analyse(text).at(-1)?.word
  return { text, required, excluded, sources, excludedSources, beginning }
}

/**
 * The terms that are adjacent wherever these words occur. In a script without spaces, if other
 * characters precede the first one, its own term is followed by the pair that it ends. The terms
 * from the second on are the same everywhere, and the first pair includes the first character; so
 * the first term is dropped.
 */
function rowOf(tokens: readonly Token[]): string[] {
  const beginsWithPair = tokens.length > 2 && tokens[2]!.start === tokens[0]!.start
  return tokens.slice(beginsWithPair ? 1 : 0).map(({ term }) => term)
}

import { analyse, type Token } from '../text/analysis.ts'

/** A query in search syntax, taken apart. */
export interface QuerySyntax {
  /** What is ranked by: the query without what it excludes. */
  readonly text: string
  /** Each a row of terms that must stand side by side. */
  readonly required: readonly (readonly string[])[]
  /** Each a row of terms that must not. */
  readonly excluded: readonly (readonly string[])[]
  /** Parts of document ids, folded: every hit's has each of these. */
  readonly sources: readonly string[]
  /** And none of these. */
  readonly excludedSources: readonly string[]
  /** The last word, folded, where it may be the beginning of one. */
  readonly beginning: string | undefined
}

const SOURCE = /(?<!\S)(?<minus>[-−–])?source:(?:"(?<quoted>[^"]+)"|(?<plain>[^\s"]+))/gi
/** Phrases and excluded words that are heeded, and as many sources. Further phrases are plain words, all else further is left out. */
const MAX_CONDITIONS = 8
const CONDITION = /(?<![^\s(])(?<minus>[-−–])?(?:"(?<phrase>[^"]*)"|(?<=[-−–])(?<word>[^\s"-]\S*))/g

/** Takes a query in search syntax apart. Any text is a query: a quote that is never closed, or a dash alone, is a character like others. */
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
 * The terms that stand side by side wherever these words do. In a script without spaces the first character is followed by the pair that it ends,
 * if another character stands before it in the text; what follows the second is the same everywhere, and its pair holds the first.
 */
function rowOf(tokens: readonly Token[]): string[] {
  const beginsWithPair = tokens.length > 2 && tokens[2].start === tokens[0].start
  return tokens.slice(beginsWithPair ? 1 : 0).map(({ term }) => term)
}

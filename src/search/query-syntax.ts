import { analyse } from './analysis.ts'

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
/** Phrases, excluded words and sources that are heeded; further ones are plain words. */
const MAX_CONDITIONS = 8
const CONDITION = /(?<![^\s(])(?<minus>[-−–])?(?:"(?<phrase>[^"]*)"|(?<=[-−–])(?<word>[^\s"-]\S*))/g

/** Takes a query in search syntax apart. Any text is a query: a quote that is never closed, or a dash alone, is a character like others. */
export function parseSyntax(query: string): QuerySyntax {
  const required: string[][] = []
  const excluded: string[][] = []
  const sources: string[] = []
  const excludedSources: string[] = []
  const withoutSources = query.replaceAll(SOURCE, (match, minus?: string, quoted?: string, plain?: string) => {
    if (sources.length + excludedSources.length >= MAX_CONDITIONS) return match
    const wanted = minus === undefined ? sources : excludedSources
    wanted.push((quoted ?? plain ?? '').toLowerCase())
    return ' '
  })
  const text = withoutSources.replaceAll(CONDITION, (match, minus?: string, phrase?: string, word?: string) => {
    const terms = analyse(phrase ?? word ?? '').map(({ term }) => term)
    if (terms.length === 0 || required.length + excluded.length >= MAX_CONDITIONS) return match
    if (minus === undefined) required.push(terms)
    else excluded.push(terms)
    return minus === undefined ? ` ${phrase} ` : ' '
  })
  const beginning = /["\s]$/.test(withoutSources) ? undefined : analyse(text).at(-1)?.word
  return { text, required, excluded, sources, excludedSources, beginning }
}

/** The reply of the service under evaluation. */
export interface Reply {
  readonly kind: 'answer' | 'command' | 'fallback'
  /** In Markdown; `plain` is the same without markup. */
  readonly response: string
  readonly plain: string
  /** 0–1. */
  readonly confidence: number
  readonly sources: readonly { readonly location: string; readonly passage: string }[]
  readonly tookMs: number
}

/** For each fact, texts of which one states it. */
export type Facts = readonly (readonly string[])[]

/** Returns whether a text states every fact. Ignores case and white space. */
export function states(text: string, facts: Facts): boolean {
  const folded = fold(text)
  return facts.every(alternatives => alternatives.some(alternative => folded.includes(fold(alternative))))
}

/** Returns whether a reply is no refusal and states every fact. */
export function isRight({ kind, response, plain }: Reply, facts: Facts): boolean {
  return kind !== 'fallback' && states(`${response}\n${plain}`, facts)
}

/** Returns whether a reply or the passages of its sources state every fact. */
export function isInSources({ response, plain, sources }: Reply, facts: Facts): boolean {
  return states([response, plain, ...sources.map(({ passage }) => passage)].join('\n'), facts)
}

/** Folds case and runs of white space. */
export function fold(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ')
}

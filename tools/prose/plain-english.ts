import type { Root, Sentence } from 'nlcst'
import { toString as textOf } from 'nlcst-to-string'
import { visit } from 'unist-util-visit'
import type { VFile } from 'vfile'

/**
 * A longer sentence holds more than one idea. Ten words above what style guides advise, since code
 * names count as words.
 */
const MAX_SENTENCE_WORDS = 35

/**
 * Rejected wordings, and the usual ones. Matched as whole words, in any case.
 */
const REJECTED: readonly (readonly [wording: RegExp, instead: string])[] = [
  [/\b(told|tells|telling)\b/, 'log, report, return or state'],
  [/\b(whoever|whomever)\b/, 'callers, users, or the one meant'],
  [/\b(nobody|no one|somebody|someone|anybody)\b/, 'the one meant: a caller, a user, an operator'],
  [/\b(nowhere|somewhere)\b/, '"no document contains", or the place'],
  [/\bfrom which on\b|\bfrom \S+ on\b/, 'above, or at least'],
  [/\b(stands|stood)\b/, 'is, occurs or contains'],
  [/\bfares?\b/, 'the state of'],
  [/\bby its own\b/, 'own'],
  [/\bin the place of\b/, 'instead of'],
  [/\bas it (is|was) (?=\b(in|on|at)\b)/, 'unchanged'],
  [/\b(goes|went|going) on\b(?! to)/, 'continue'],
  [/\bat the door\b/, 'at the edge'],
  [/\b(organs?|the road of|the house)\b/, 'component, request path, project'],
  [/\bleaves? off\b/, 'stop'],
  [/(?<!there )\b(is|are) none\b/, '"is not a …"'],
  [/\b(said|says) so\b/, 'log or report it'],
  [/\bwhat (\w+ )?(is|are|was|were|has|have) (\w+ )?(is|are|was|were|goes|gets|comes)\b/, 'name the thing: "the …"'],
  [/\bmay well\b|\bvery well\b/, 'may'],
  [/\bthe same (road|way) (as|that)\b/, 'like'],
]

/** A retext plugin that reports rejected wordings and overlong sentences. */
export function plainEnglish() {
  return (tree: Root, file: VFile): void => {
    visit(tree, 'SentenceNode', (sentence: Sentence) => {
      const text = textOf(sentence)
      for (const [wording, instead] of REJECTED) {
        const [found] = new RegExp(wording.source, 'i').exec(text) ?? []
        if (found !== undefined) file.message(`Avoid "${found}"; use ${instead}`, sentence.position)
      }
      const words = sentence.children.filter(({ type }) => type === 'WordNode').length
      if (words > MAX_SENTENCE_WORDS)
        file.message(`Split this sentence of ${words} words (${MAX_SENTENCE_WORDS} at most)`, sentence.position)
    })
  }
}

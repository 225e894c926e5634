/** Questions that share their most frequent word. */
export interface QuestionGroup {
  /** Its words, the most frequent first. */
  readonly label: string
  readonly count: number
  /** Up to five of its questions, the most frequent first. */
  readonly examples: readonly Example[]
}

/** A question in redacted form, how often it was asked, and the turn in which it was asked last. */
export interface Example {
  readonly text: string
  readonly count: number
  readonly turn_id: string
}

export interface Question {
  /** Redacted. */
  readonly text: string
  readonly turnId: string
}

const WORD = /[\p{L}\p{N}][\p{L}\p{N}'-]{2,}/gu
const COMMON =
  /^(the|and|for|how|can|you|are|does|what|when|where|which|who|why|with|from|this|that|there|have|has|not|will|would|should|could|your|about|into|than|was|were|did|its|our|all|any|use|using|way|get|set|make|want|need|please|tell|explain|difference|between|der|die|das|und|wie|was|ist|ein|eine|ich|kann|man|den|dem|des|mit|von|für|auf)$/
const MAX_EXAMPLES = 5
/** A group of fewer questions has a label that may say who asked. */
const FEW = 3

/**
 * Groups questions by likeness: the word that most ungrouped questions share names a group, until
 * no word is shared. What shares nothing stays alone. Cost: the number of groups times that of
 * words.
 */
export function groupQuestions(questions: readonly Question[], limit = 20): readonly QuestionGroup[] {
  let open = questions.map(question => ({ question, words: wordsOf(question.text) }))
  const groups: QuestionGroup[] = []
  while (open.length > 0 && groups.length < limit) {
    const word = mostFrequent(open.flatMap(({ words }) => [...words]))
    const isInside = ({ words }: (typeof open)[number]) => word !== undefined && words.has(word)
    const group = word === undefined ? open.slice(0, 1) : open.filter(isInside)
    groups.push(describe(group))
    open = word === undefined ? open.slice(1) : open.filter(each => !isInside(each))
  }
  return groups.toSorted((a, b) => b.count - a.count)
}

function wordsOf(text: string): ReadonlySet<string> {
  // Labels of what was redacted say nothing about the subject.
  const words =
    text
      .replace(/\[[a-z_ -]+\]/g, ' ')
      .toLowerCase()
      .match(WORD) ?? []
  return new Set(words.filter(word => !COMMON.test(word)))
}

/** The word that most have; undefined if none has a word. */
function mostFrequent(words: readonly string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  let best: string | undefined
  for (const [word, count] of counts) {
    const most = counts.get(best ?? '') ?? 0
    if (count > most || (count === most && word.length > (best?.length ?? 0))) best = word
  }
  return best
}

function describe(group: readonly { readonly question: Question; readonly words: ReadonlySet<string> }[]): QuestionGroup {
  const counts = new Map<string, number>()
  for (const { words } of group) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  const label = [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([word]) => word)
    .join(' ')
  return { label, count: group.length, examples: examplesOf(group.map(({ question }) => question)).slice(0, MAX_EXAMPLES) }
}

/** The different questions, the most frequent first. Each shows the text that was asked last. */
function examplesOf(questions: readonly Question[]): readonly Example[] {
  return [...Map.groupBy(questions, ({ text }) => wordingOf(text)).values()]
    .flatMap(same => same.slice(-1).map(({ text, turnId }) => ({ text, count: same.length, turn_id: turnId })))
    .toSorted((a, b) => b.count - a.count)
}

/** What two texts of the same question have in common: not case, spaces, and signs at the end. */
export function wordingOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/[\s?!.]+$/, '')
}

/**
 * Groups as they may leave the server: without questions, and without the label of a few questions,
 * which would be most of their words.
 */
export function withoutTexts(groups: readonly QuestionGroup[]): readonly Pick<QuestionGroup, 'label' | 'count'>[] {
  return groups.map(({ label, count }) => ({ label: count < FEW ? '' : label, count }))
}

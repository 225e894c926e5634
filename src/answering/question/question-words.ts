/**
 * Words that make a message a question or a request, by language. They do not say what it is about.
 * English prepositions and articles are not here: as stop words, they have a low weight in the
 * search.
 */
const WORDS = {
  en: [
    `how what whats what's which who whom whose when where why whether do does did doing done can could may`,
    `might must shall should will would is are was were am be been being has have had having i me`,
    `my mine we us our you your i'm i've i'd i'll you're we're there here please hello hi hey thanks`,
    `thank want wanna need needs like get gets getting got make makes use uses using used work works working help`,
    `any so just also really actually isn't aren't wasn't don't doesn't didn't can't couldn't won't wouldn't shouldn't how's where's who's`,
    `what're when's there's let let's asap`,
  ],
  de: [
    `wie was wer wen wem wessen welche welcher welches welchen welchem wann wo wohin woher warum wieso weshalb womit wofür`,
    `wodurch ist sind war waren bin bist sein hat haben habe hast hatte kann können könnte könnten kannst darf dürfen`,
    `muss müssen musst soll sollen sollte will wollen möchte möchten wird werden würde wurde gibt ich mich mir mein meine`,
    `meinen meinem meiner wir uns unser unsere du dir dich sie ihr man es bitte hallo danke mal denn eigentlich`,
    `gern gerne brauche brauchen`,
  ],
  fr: [
    `comment quoi que quel quelle quels quelles qui quand où pourquoi combien est sont était êtes suis ai as avez`,
    `avons peut peux puis pouvez pouvons dois doit faut je j'ai mon ma mes nous notre vous votre on il`,
    `elle y bonjour merci svp veux voudrais`,
  ],
  es: [
    `cómo qué cuál cuáles quién quiénes cuándo dónde cuánto cuánta cuántos cuántas es son está están soy hay puedo puede`,
    `podemos debo debe tengo quiero quisiera necesito yo mi mis hola gracias favor`,
  ],
} as const

/**
 * Other function words. They show the language of a message. The search knows those of English as
 * stop words.
 */
const OTHER_WORDS: Readonly<Record<keyof typeof WORDS, readonly string[]>> = {
  en: [
    `the a`,
    `an of to in on at by for with from into about and or but not no if than as`,
    `it this that these those before after without`,
  ],
  de: [
    `der die das den dem des ein eine einen einem einer eines kein keine keinen und oder aber nicht nur auch noch mit`,
    `ohne von vom zu zum zur für auf im in bei`,
    `am an`,
    `aus nach vor über unter als wenn ob dass durch gegen sich diese dieser dieses diesen`,
  ],
  fr: [`le la les un une des du de au aux à en et ou ne pas plus pour par sur avec sans dans ce cette ces se son sa ses`],
  es: [`el la los las un una unos unas de del al en no para por con sin su sus se que este esta más si`],
}

/** Requests and framings of several words. */
const PHRASES = [
  /\b(?:is|are) there (?:a|an|any|some) (?:simple |easy |good )?ways? (?:to|of|for)\b/giu,
  /\b(?:what(?:'s| is| are) the )?(?:best|right|correct|easiest|proper) ways? (?:to|of|for)\b/giu,
  /\bways? to\b/giu,
  /\b(?:what(?:['’]?s| is| are) the )?differences? between\b/giu,
  /\bwhat(?:['’]?s| is| are) the differences?\b/giu,
  /(?<=\S\s+)(?:vs\.?|versus)(?=\s+\S)(?!\s+code\b)/giu,
  /^\W*(?:list|name) (?:all |me )?(?:the|of)\b/giu,
  /\b(?:completely|exactly|properly|correctly|easily|quickly|simply)\b/giu,
  /\b(?:can|could|would|will) you (?:please )?(?:tell|show|explain(?: to)?|help) (?:me|us)\b/giu,
  /\b(?:tell|show|explain to|help|give) (?:me|us)(?: (?:about|please))?\b/giu,
  /^\W*(?:please |and )?(?:describe|define)\b(?=\s+\S)/giu,
  /^\W*(?:please |and )?explain\b(?=\s+\S+\s+\S)(?!\s+(?:analy[sz]e|plans?|output|verbose)\b)/giu,
  /(?<=\S\s)(?:meaning|explained)(?=\W*$)|\bpl[sz]\b/giu,
  /\b(?:any ideas?|no idea)\b/giu,
  /\bwhat (?:do|should|must) (?:i|we) (?:have to |need to )?do\b/giu,
  /\b(?:i|we)(?:'m| am|'re| are)? (?:try|trying|looking|going|would like|want|wish|need|have)(?: to)?\b/giu,
  /\bis it possible (?:to|for|that)\b/giu,
  /\bdo(?:es)? (?:any|some)(?:one|body) know\b/giu,
  /\b(?:any|some)(?:one|body|thing)\b/giu,
  /\b(?:i|we) (?:don't|do not) (?:know|understand|get)\b/giu,
  /\b(?:good (?:morning|evening|afternoon)|excuse me|quick question|just wondering|by the way)\b/giu,
  /\bwie ?(?:lange|viele?|oft|hoch|gro(?:ß|ss)|weit|alt|teuer)\b/giu,
  /\bwas muss ich (?:dafür |dazu )?(?:tun|machen)\b/giu,
  /\b(?:gibt es|gibts) (?:eine|irgendeine) (?:möglichkeit|weg)\b/giu,
  /\b(?:est-ce que|est-ce qu['’]|qu['’]est-ce (?:que|qui)|s['’]il vous pla[iî]t|y a-t-il)\b/giu,
  /请问|什么|怎么样|怎么|怎样|如何|为什么|多少|哪些|哪个|哪里|是否|吗|呢/gu,
  /(?<!\p{L})(?:ما|ماذا|من|متى|أين|كيف|لماذا|كم|هل|أي)(?!\p{L})/gu,
]

/** One search for all of them: few messages have one. */
const ANY_PHRASE = new RegExp(PHRASES.map(({ source }) => source).join('|'), 'iu')
/** A word that is all upper case in a message that is not: the IT department, the WHO. */
const NAME = /^\p{Lu}{2,}$/u
const BEFORE_MONTH = /(?:\b(?:in|of|since|until|till|by|during|for|from|to|through|next|last|this)|\d(?:st|nd|rd|th)?)\s+$/i
const LOWER_CASE = /\p{Ll}/u
const WORD = /[\p{L}\p{M}]+(?:['’][\p{L}]+)?/gu
const LANGUAGES = Object.entries(WORDS).map(([code, lines]) => {
  const questionWords = new Set(lines.flatMap(line => line.split(' ')))
  const others = OTHER_WORDS[code as keyof typeof WORDS].flatMap(line => line.split(' '))
  return { code, questionWords, functionWords: new Set([...questionWords, ...others]) }
})
/** The codes of the languages that a function word is of. */
const LANGUAGES_OF: ReadonlyMap<string, readonly string[]> = indexLanguages()
const ENGLISH = LANGUAGES.find(({ code }) => code === 'en')!

/**
 * Returns the code of the language that most function words of a message are of. Undefined if it
 * has none, or equally many of two languages. Linear time.
 */
export function detectLanguage(message: string): string | undefined {
  const counts = new Map<string, number>()
  for (const word of message.match(WORD) ?? [])
    for (const code of LANGUAGES_OF.get(foldWord(word)) ?? []) counts.set(code, (counts.get(code) ?? 0) + 1)
  const greatest = Math.max(0, ...counts.values())
  const [best, ...others] = [...counts.keys()].filter(code => counts.get(code) === greatest)
  return others.length > 0 ? undefined : best
}

/**
 * Replaces question words, auxiliaries and politeness by spaces of the same length, so offsets stay
 * valid. Words inside identifiers and names in upper case stay. English words are always replaced,
 * and all function words of another language if the message is in that language. Linear time.
 */
export function blankQuestionWords(message: string): string {
  const hasLowerCase = LOWER_CASE.test(message)
  const bare = ANY_PHRASE.test(message) ? PHRASES.reduce((text, phrase) => text.replace(phrase, blank), message) : message
  const language = detectLanguage(message)
  const other = LANGUAGES.find(one => one !== ENGLISH && one.code === language)
  return bare.replace(WORD, (word, at: number) => {
    if ((hasLowerCase && NAME.test(word)) || isMonth(bare, at, word)) return word
    const folded = foldWord(word)
    if (!ENGLISH.questionWords.has(folded) && other?.functionWords.has(folded) !== true) return word
    return isInIdentifier(bare, at, at + word.length) ? word : blank(word)
  })
}

function indexLanguages(): ReadonlyMap<string, readonly string[]> {
  const languages = new Map<string, string[]>()
  for (const { code, functionWords } of LANGUAGES)
    for (const word of functionWords) languages.set(word, [...(languages.get(word) ?? []), code])
  return languages
}

/** Whether "May" is the month: within a sentence, after a preposition or before a number. */
function isMonth(message: string, at: number, word: string): boolean {
  if (!/^may$/i.test(word)) return false
  const before = message.slice(0, at)
  if (word === 'May' && /[\p{L}\p{N},]\s+$/u.test(before)) return true
  return BEFORE_MONTH.test(before) || /^\s+\d/.test(message.slice(at + word.length))
}

function foldWord(word: string): string {
  return word.toLowerCase().replace('’', "'")
}

function isInIdentifier(text: string, start: number, end: number): boolean {
  const [before, after] = [text[start - 1] ?? ' ', text[end] ?? ' ']
  return /[\w.\-/@$#:]/.test(before) || /[\w\-/(=@]/.test(after) || (after === '.' && /\w/.test(text[end + 1] ?? ''))
}

function blank(words: string): string {
  return ' '.repeat(words.length)
}

import { analyse } from '../../text/analysis.ts'
import type { ContentWord } from './question.ts'

/** A word to search for beside a word of the question. */
export interface Synonym {
  readonly word: string
  /** The term of the synonym. */
  readonly term: string
  /** The term of the question's word that it replaces. Undefined for a whole expression. */
  readonly of: string | undefined
  /** The question's next word, if both are written as one here: `rateLimit` for "rate limit". */
  readonly and?: string
}

/** Two words with a space or hyphen between them. Overlaps are found by the lookahead. */
const PAIR = /(?<![\p{L}\p{N}_.])(\p{L}{2,40})[ -](?=(\p{L}{2,40})(?![\p{L}\p{N}_]))/gu

/**
 * Words that documentation of software, services and organisations uses for much the same thing. A
 * word may be in several groups.
 */
const GROUPS = [
  'delete remove drop erase uninstall clear discard | enable activate | disable deactivate suppress',
  'change modify edit alter update adjust | create add generate | show display print list view',
  'start run launch execute invoke | stop terminate kill quit exit shutdown | restart reload reboot',
  'undo revert reset restore rollback | skip ignore exclude omit | include contain',
  'allow permit accept | forbid prohibit deny block prevent disallow | reject refuse',
  'fix repair solve resolve troubleshoot | fail failure error exception | crash abort',
  'find locate search look | replace substitute swap override | copy duplicate clone',
  'move transfer migrate | send submit deliver | receive get fetch retrieve obtain | download fetch',
  'save store persist write | load read import | connect join attach link | disconnect detach unlink',
  'split divide separate partition | merge combine join | speed fast faster performance optimize quick',
  'slow latency performance | wait delay sleep pause | big large size huge biggest largest',
  'maximum max limit most | minimum min least | shrink reduce smaller',
  'grow increase expand resize bigger enlarge | folder directory | picture image photo',
  'login signin authenticate authentication | logout signout | password credential secret',
  'user account | permission access right privilege | config configuration configure setting option',
  'parameter argument param arg | environment env | variable var | database db | repository repo',
  'documentation docs | certificate cert | application app | package module library | function method',
  'parallel concurrent simultaneous | empty blank null none | duration length time period',
  'interval frequency often | cost price fee charge | pay payment paid salary',
  'refund reimburse reimbursement | vacation holiday leave | boss manager supervisor',
  'employee staff worker | job task | email mail | phone telephone | buy purchase order',
  'ship deliver delivery | cancel abort terminate | close end finish | begin start',
  'several multiple many | machine server host computer | keep retain retention | same single',
  'old previous earlier | new latest recent | different another other | same identical equal',
  'unique distinct | test check verify validate | monitor watch observe | debug troubleshoot inspect',
  'version release | upgrade update | install setup | publish deploy release | example sample',
  'laptop computer notebook pc device | pto vacation leave holiday | sick ill illness',
  'pension retirement | raise increase promotion | salary compensation wage pay | bonus incentive',
  'father dad mother mom mum parent relative family | child kid son daughter baby family',
  'funeral bereavement death | wedding marriage | maternity paternity parental birth adoption',
  'coworker colleague teammate | hire recruit | fire dismiss layoff termination | resign quit',
  'doctor physician medical | dentist dental | gym fitness | travel trip flight',
  'complain complaint grievance | harass harassment discrimination bully | spy monitor track',
  'training course learning education | customer client | broken defective damaged faulty',
  'exchange return refund | parcel package shipment | discount coupon voucher',
  'bill invoice receipt | subscription plan membership | hang freeze stuck unresponsive',
  'compile build | schedule cron recurring periodic | backup snapshot dump',
  'encrypt encryption tls ssl https | secret credential key token | ram memory',
  'cpu processor core | disk storage | website site | url link address | notify alert notification',
  'retry reattempt | count number amount | compatible support supported | proxy gateway',
  'forbidden denied | require need must mandatory | hide conceal | order sort | comment annotation',
  'warning warn | explain describe | mock fake stub | language locale translation | löschen entfernen',
  'einschalten aktivieren | ausschalten deaktivieren | ändern bearbeiten anpassen | anzeigen auflisten',
  'starten ausführen | stoppen beenden | ordner verzeichnis | fehler problem störung',
  'passwort kennwort | urlaub ferien | preis kosten gebühr | kündigen stornieren widerrufen',
  'bezahlen zahlung zahlen | lieferung versand | rechnung quittung | einstellung konfiguration option',
]

/** Verbs and phrases of several words, and the words that documentation uses for them. */
const EXPRESSIONS: readonly (readonly [RegExp, string])[] = [
  [/\bget(?:s|ting)? rid of\b/giu, 'delete remove'],
  [/\b(?:switch(?:es|ed|ing)?|turn(?:s|ed|ing)?)(?: \p{L}+){0,3} on\b/giu, 'enable activate'],
  [/\b(?:switch(?:es|ed|ing)?|turn(?:s|ed|ing)?)(?: \p{L}+){0,3} off\b/giu, 'disable deactivate'],
  [/\bleav(?:e|es|ing)(?: \p{L}+){0,2} out\b/giu, 'exclude skip omit'],
  [/\b(?:log(?:s|ged|ging)?|sign(?:s|ed|ing)?) in\b/giu, 'login authenticate'],
  [/\b(?:log(?:s|ged|ging)?|sign(?:s|ed|ing)?) out\b/giu, 'logout'],
  [/\bset(?:s|ting)?(?: \p{L}+){0,2} up\b/giu, 'configure install setup'],
  [/\broll(?:s|ed|ing)?(?: \p{L}+){0,2} back\b/giu, 'rollback revert undo'],
  [/\bshut(?:s|ting)?(?: \p{L}+){0,2} down\b/giu, 'stop shutdown terminate'],
  [/\bspeed(?:s|ing)?(?: \p{L}+){0,2} up\b/giu, 'performance optimize faster'],
  [/\b(?:at the same time|in parallel|at once)\b/giu, 'parallel concurrent simultaneously'],
  [/\bopt(?:s|ed|ing)? out\b/giu, 'disable'],
  [/\b(?:time|days?|weeks?) off\b/giu, 'vacation leave holiday pto'],
  [/\b(?:passed away|passes away|died)\b/giu, 'bereavement death funeral'],
  [/\bwork(?:s|ed|ing)? from home\b/giu, 'remote'],
  [/\b(?:call(?:s|ed|ing)?) (?:in )?sick\b/giu, 'illness'],
  [/\bget(?:s|ting)? (?:my )?money back\b/giu, 'refund reimbursement'],
  [/\bhow (?:big|large)\b/giu, 'size maximum limit'],
  [/\bhow long\b/giu, 'duration time period timeout'],
  [/\bhow often\b/giu, 'frequency interval period'],
  [/\bhow (?:much|expensive)\b/giu, 'cost price'],
  [/\bhow fast\b/giu, 'speed performance'],
]

const ANY_EXPRESSION = new RegExp(EXPRESSIONS.map(([pattern]) => pattern.source).join('|'), 'iu')
const GROUPS_OF = indexGroups()
const GERMAN_ENDINGS = ['', 'e', 'en', 'er', 'es', 'em', 'n', 's', 't', 'te', 'ung']
const GERMAN_ENDING = new RegExp(
  `(?:${GERMAN_ENDINGS.filter(Boolean)
    .toSorted((a, b) => b.length - a.length)
    .join('|')})$`,
  'i',
)
const LEAST_STEM = 4
const LETTERS = /^\p{L}+$/u

/**
 * Finds synonyms of a question's words, each once. Words of the question itself are left out.
 * Linear in the message.
 */
export function findSynonyms(message: string, words: readonly ContentWord[], language: string | undefined): readonly Synonym[] {
  const found = new Map<string, Synonym>()
  const own = new Set(words.map(({ term }) => term))
  const add = (synonyms: readonly ContentWord[], of: string | undefined) => {
    for (const { word, term } of synonyms) if (!own.has(term) && !found.has(term)) found.set(term, { word, term, of })
  }
  for (const { term } of words) add(GROUPS_OF.get(term) ?? [], term)
  if (language === 'de') for (const { word, term } of words) for (const form of germanForms(word)) add(analyse(form), term)
  for (const [pattern, synonyms] of ANY_EXPRESSION.test(message) ? EXPRESSIONS : []) {
    for (const expression of message.match(pattern) ?? []) {
      const of = analyse(expression).find(({ term }) => own.has(term))?.term
      add(analyse(synonyms), of)
    }
  }
  for (const [, first = '', second = ''] of message.matchAll(PAIR)) {
    const [a, b, both] = [first, second, first + second].map(word => analyse(word)[0])
    if (a === undefined || b === undefined || both === undefined || !own.has(a.term) || !own.has(b.term)) continue
    if (!own.has(both.term)) found.set(both.term, { word: both.word, term: both.term, of: a.term, and: b.term })
  }
  return [...found.values()]
}

/** The word with other endings of German inflection: stems are found by English rules only. */
function germanForms(word: string): readonly string[] {
  const stem = word.replace(GERMAN_ENDING, '')
  return stem.length < LEAST_STEM || !LETTERS.test(word)
    ? []
    : GERMAN_ENDINGS.map(ending => stem + ending).filter(form => form !== word)
}

/** The words that share a group with a term. */
function indexGroups(): ReadonlyMap<string, readonly ContentWord[]> {
  const groups = new Map<string, ContentWord[]>()
  for (const group of GROUPS.flatMap(line => line.split(' | '))) {
    const words = analyse(group)
    for (const { term } of words) {
      const others = groups.get(term) ?? []
      others.push(...words.filter(other => other.term !== term))
      groups.set(term, others)
    }
  }
  return groups
}

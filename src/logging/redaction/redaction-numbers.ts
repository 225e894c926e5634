import { isCardNumber, passesVerhoeff } from './checksums.ts'
import type { RedactionRule } from './redaction-rule.ts'
import { DIGIT, has } from './text-traits.ts'

/** A group of digits in a run; `before` is the separator before it. */
interface Group {
  readonly start: number
  readonly end: number
  readonly before: string
  /** Number of digits in the run before the group. */
  readonly digitsBefore: number
}

/** The groups of a run, and their digits as one string. */
interface Run {
  readonly groups: readonly Group[]
  readonly digits: string
}

/** Adjacent groups of a run that may form a number. */
interface Candidate {
  readonly digits: string
  /** Lengths of the groups: `3-3-4`. */
  readonly shape: string
  readonly groups: number
  readonly firstLength: number
  readonly lastLength: number
  readonly sign: '' | '+' | '('
  /** Text just before the number. */
  readonly context: string
  /** Whether that text announces a phone number. */
  readonly saysPhone: boolean
}

const MAX_GROUPS = 12
/**
 * Groups of cards and national numbers; more only in a phone number after a sign, a zero or a word
 * for it.
 */
const MAX_GROUPS_WITHOUT_HINT = 5
const MIN_DIGITS = 7
const MAX_DIGITS = 19
const CONTEXT_CHARS = 48

/**
 * UUIDs, dates and times, which are kept, or a run of digits with at most three separators between
 * two. No two parts of the pattern match the same character, so it does not backtrack over a run.
 */
const RUN =
  /(?<![\w\u00C0-\u052F])(?:[\da-fA-F]{8}-[\da-fA-F]{4}-[\da-fA-F]{4}-[\da-fA-F]{4}-[\da-fA-F]{12}|(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d)(?:[T ]\d\d:\d\d)?|\d\d?[./-]\d\d?[./-](?:19|20)\d\d(?![\d-])|(?<![\w\u00C0-\u052F][-/#])([+(]{0,2}\d+(?:[ .()/-]{1,3}\d+)*))/g

/** Seven digits close together, the minimum for a phone, card or identity number. */
const RUN_LIKE = /\d(?:[\s.()/_-]{0,3}\d){6}/
/** A card with line breaks or underscores between its groups, or after an underscore. */
const SPREAD_CARD =
  /(?<![A-Za-z0-9]|\d[\s._-])(?:\d{4}(?:[\s._-]{1,4}\d{4}){3}|\d{4}[\s._-]{1,4}\d{6}[\s._-]{1,4}\d{4,5}|(?<=_)\d{13,19})(?![A-Za-z0-9])/g

const CARD_SHAPE = /^(?:\d+|4-4-4-4|4-4-4-4-3|4-6-5|4-6-4)$/
const SSN = /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/
const AADHAAR_SHAPE = /^(?:12|4-4-4)$/

const SSN_CONTEXT = /(?:ssn|social security)\D{0,20}$/i
const AADHAAR_CONTEXT = /(?:aadhaa?r|uidai|आधार)\D{0,20}$/i
const PHONE_CONTEXT =
  /(?:phone|mobile|\bmob\b|\bcell\b|\btel\b|\bfax\b|\bcall\b|\bdial\b|\bring\b|\btext\b(?!\])|\bsms\b|whatsapp|reach me|contact|telefon|handy|t[ée]l[ée]ph|portable|m[óo]vil|celular|llam[ea]|rufen?|appel|cellulare|telefoon|тел|звон|电话|電話|手机|手機|携帯|전화|फ़?ोन|मोबाइल|هاتف|جوال)\D{0,24}$/iu
const OTHER_CONTEXT =
  /(?:order|invoice|ref|reference|ticket|case|tracking|parcel|isbn|issn|ean|upc|gtin|sku|serial|article|part|item|batch|build|version|account|customer|transaction|commit|bestell\w*|rechnungs?\w*|auftrags?\w*|artikel\w*|commande|facture|pedido|factura|ordine|заказа?|订单|訂單|注文|\bid|_id|#|timestamp|epoch|bytes|size|total|count|price|amount)(?:[\s_-]*(?:no|nr|num|number|nummer|id|code|n[°º]|号|番号))?\W{0,4}$/iu

/** Distinctive shapes of national phone numbers, with their first digits. */
const NATIONAL: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:1-)?3-3-4$/, /^1?[2-9]/],
  [/^3-4-4$/, /^1[3-9]/],
  [/^1-3-3-2-2$/, /^8/],
  [/^5-5$/, /^[6-9]/],
]

/**
 * Phone, card and national identity numbers. Cost: linear; each group of digits is combined with at
 * most eleven others.
 */
export const NUMBERS: RedactionRule = {
  mayMatch: (text, traits) => has(traits, DIGIT) && RUN_LIKE.test(text),
  redact: text =>
    text
      .replace(SPREAD_CARD, match => (isCardNumber(match.replace(/\D/g, '')) ? '[card]' : match))
      .replace(RUN, (match: string, run: string | undefined, at: number) =>
        run === undefined || run.length < MIN_DIGITS ? match : redactRun(text, run, at),
      ),
}

function redactRun(text: string, run: string, at: number): string {
  // Digits that continue as a word are a name, not a number.
  const glued =
    /^[\p{L}_]|^-\p{L}/u.test(text.slice(at + run.length, at + run.length + 2)) &&
    !/^[\u2E80-\uFFFF]/.test(text[at + run.length] ?? '')
  const read = readGroups(run)
  const { groups } = read
  const limit = glued ? groups.length - 1 : groups.length
  let redacted = ''
  let done = 0
  for (let first = 0; first < limit; ) {
    const found = classify(text, run, at, read, first, limit)
    if (found === undefined) {
      first++
      continue
    }
    redacted += run.slice(done, startOf(run, groups[first])) + found.label
    done = groups[found.last]?.end ?? run.length
    first = found.last + 1
  }
  return done === 0 ? run : redacted + run.slice(done)
}

function readGroups(run: string): Run {
  const groups: Group[] = []
  let end = 0
  let digitsBefore = 0
  for (const { 0: digits, index } of run.matchAll(/\d+/g)) {
    const before = run.slice(end, index)
    end = index + digits.length
    groups.push({ start: index, end, before, digitsBefore })
    digitsBefore += digits.length
  }
  return { groups, digits: run.replace(/\D+/g, '') }
}

/**
 * Classifies the number that starts at a group, the longest first. Returns its label and its last
 * group.
 */
function classify(text: string, run: string, at: number, { groups, digits }: Run, first: number, limit: number) {
  const head = groups[first]
  if (head === undefined || (first > 0 && isJoint(head.before))) return undefined
  const from = head.digitsBefore
  if (digits.length - from < MIN_DIGITS) return undefined
  // Within a run only digits and separators come before a group, so there is no context.
  const start = at + startOf(run, head)
  const context = first === 0 ? text.slice(Math.max(0, start - CONTEXT_CHARS), start) : ''
  const opening = run.slice(startOf(run, head), head.start)
  const sign = opening.includes('+') ? '+' : opening.includes('(') ? '(' : ''
  const saysPhone = context !== '' && PHONE_CONTEXT.test(context)
  const isOpen = sign === '+' || (sign === '(' && head.end - head.start > 1)
  const maxGroups = isOpen || saysPhone || digits[from] === '0' ? MAX_GROUPS : MAX_GROUPS_WITHOUT_HINT
  for (let last = Math.min(first + maxGroups, limit) - 1; last >= first; last--) {
    const end = groups[last + 1]?.digitsBefore ?? digits.length
    const total = end - from
    if (total < MIN_DIGITS) return undefined
    const next = groups[last + 1]
    if (total > MAX_DIGITS || (next !== undefined && isJoint(next.before))) continue
    const lengths = groups.slice(first, last + 1).map(group => group.end - group.start)
    const candidate: Candidate = {
      digits: digits.slice(from, end),
      shape: lengths.join('-'),
      groups: lengths.length,
      firstLength: lengths[0] ?? 0,
      lastLength: lengths.at(-1) ?? 0,
      sign,
      context,
      saysPhone,
    }
    const inner = last > first ? groups[first + 1]?.before : undefined
    const isPart = inner !== undefined && (next?.before === inner || (first > 0 && head.before === inner))
    const label = labelOf(candidate, isPart)
    if (label !== undefined) return { label, last }
  }
  return undefined
}

/** Whether a separator joins two groups so that no number starts or ends there. */
function isJoint(separator: string): boolean {
  return separator === '.' || separator === '-'
}

/** Returns the start of a group, including a sign and a parenthesis before it. */
function startOf(run: string, group: Group | undefined): number {
  if (group === undefined) return 0
  let start = group.start
  while (start > 0 && group.start - start < 2 && /[+(]/.test(run[start - 1] ?? '')) start--
  return start
}

/** @param isPart Whether groups with the same separator come before or after the candidate. */
function labelOf(candidate: Candidate, isPart: boolean): string | undefined {
  const { digits, shape, sign, context } = candidate
  if (sign === '' && CARD_SHAPE.test(shape) && isCardNumber(digits)) return '[card]'
  if (sign === '' && SSN.test(digits) && (shape === '3-2-4' ? !isPart : shape === '9' && SSN_CONTEXT.test(context)))
    return '[ssn]'
  if (sign === '' && !isPart && isAadhaar(candidate)) return '[aadhaar]'
  return isPhone(candidate) ? '[phone]' : undefined
}

function isAadhaar({ digits, shape, context, saysPhone }: Candidate): boolean {
  if (!AADHAAR_SHAPE.test(shape) || !/^[2-9]/.test(digits)) return false
  // One number in ten passes by chance, so the text before it takes precedence.
  return AADHAAR_CONTEXT.test(context) || (passesVerhoeff(digits) && !saysPhone && !OTHER_CONTEXT.test(context))
}

function isPhone(candidate: Candidate): boolean {
  const { digits, groups, lastLength, sign, context } = candidate
  const { length } = digits
  if (sign === '+') return /^[17]/.test(digits) ? length === 11 : length >= 8 && length <= 15 && (groups === 1 || lastLength > 1)
  return (isInternational(candidate) || isNational(candidate)) && !OTHER_CONTEXT.test(context)
}

function isInternational({ digits, groups }: Candidate): boolean {
  const { length } = digits
  return /^00[1-9]/.test(digits) && length >= 11 && length <= 17 && (groups > 1 || length <= 15)
}

function isNational({ digits, shape, groups, firstLength, lastLength, sign, saysPhone }: Candidate): boolean {
  const { length } = digits
  if (length > 15) return false
  if (saysPhone) return true
  if (NATIONAL.some(([shapes, beginning]) => shapes.test(shape) && beginning.test(digits))) return true
  if (sign === '(') return groups > 1 && firstLength >= 2 && firstLength <= 5 && length >= 8 && length <= 12
  // A trunk prefix: 0 and an area code. A single digit at either end belongs to something else,
  // such as an ISBN.
  return (
    /^0[1-9]/.test(digits) &&
    (groups === 1 ? length >= 10 && length <= 12 : length >= 9 && length <= 12 && firstLength > 1 && lastLength > 1)
  )
}

import { isIPv6 } from 'node:net'
import { passesMod97 } from './checksums.ts'
import { redactKeys } from './key-formats.ts'
import { redactMailAddresses } from './mail-addresses.ts'
import type { RedactionRule } from './redaction-rule.ts'
import { isSecretName } from './secret-names.ts'
import { mayHaveOptions, mayStateSecret, redactOptions, redactStatedSecrets } from './stated-secrets.ts'
import { AT, BEYOND_ASCII, DASH, DIGIT, has, LONG_RUN, SAYS_WORD, SIGN, traitsOf } from './text-traits.ts'

/**
 * Lengths of IBANs by country, from the SWIFT registry (ISO 13616). Territories such as AX and RE
 * use the code of their country.
 */
const IBAN_LENGTHS = new Map(
  [
    ...'AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27DJ27FK18HN28MN20NI28OM23RU33SD18SO23YE30BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SE24SI19SK24SM27ST25SV28TL23TN24TR26UA29VA22VG24XK20'.matchAll(
      /([A-Z]{2})(\d\d)/g,
    ),
  ].map(([, country, length]) => [country, Number(length)]),
)

/** A label of an earlier redaction. The closing bracket may have been removed as punctuation. */
const MARK =
  /^(?:\\?["'])?\[(?:secret|credentials|email|phone|card|iban|ip|ssn|aadhaar|pan|jwt|token|api-key|private-key|encoded|redacted)\]?(?:\\?["'])?$/
/** Values that are not secrets, such as `missing` or `expired`. */
const NOT_A_SECRET =
  /^(?:true|false|null|undefined|none|nil|unset|set|empty|missing|required|optional|invalid|wrong|expired|yes|no|\*+|\.{3}|…|\[[\w-]+\]|\$\{[\w.]{1,64}\}?)$/i

const PEM =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g
/** The lines of a private key of PuTTY, before their checksum. */
const PUTTY = /(Private-Lines: \d{1,4}\s{1,4})(?:[\w+/=]{1,128}\s{0,4}){1,512}?(?=Private-|$|[^\w+/=\s])/g
/**
 * The second alternative matches passwords with an unescaped `/`; a port before a path is not a
 * password. Its length is bounded to keep the search linear.
 */
const URL_CREDENTIALS =
  /:\/\/(?!git@)(?:[^\s/?#"'<>]*[^\s/?#"'<>@](?=@)|[^\s/?#"'<>@:[]{0,128}:(?!\d{1,5}[/?#])[^\s"'<>@]{1,256}(?=@[\w.[-]))/g
const JWT = /(?<![\w-])eyJ[\w-]{12,}(?:\.[\w-]*){0,4}/g
const BEARER_WORD = /bearer\s/i
const BEARER = /(?<!\w)(bearer\s{1,3})(?=[\w.~+/=-]*\d|[\w.~+/=-]{24})[\w.~+/=-]{8,}/gi
const BASIC_WORD = /basic\s/i
const BASIC = /(?<!\w)(basic\s{1,3})([\w+/-]{4,}={0,2})/gi
/** Decoded Basic credentials: printable, with a colon after the user. */
const USER_AND_PASSWORD = /^[^\p{Cc}\uFFFD:]*:[^\p{Cc}\uFFFD]*$/u
/**
 * The sign of `name = value`, `"name": value`, `--name=value` or `?name=value`, with the name
 * before it. The pattern starts at the sign and looks behind, because signs are rarer than names.
 */
const WIDE_SIGN = /[：＝]/
const ASSIGNMENT =
  /(?::=|=>|[:=：＝])(?<=([\w.\u00C0-\u052F\u3040-\u30FF\u4E00-\u9FFF\uAC00-\uD7AF-]+)\\?["']?\s{0,3}(?::=|=>|[:=：＝]))\s{0,3}/g
const VALUE = /\\"[^"\\]*(?:\\")?|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s"'&;<>]+/sy
/** Value of a name that may be a secret's. The length is bounded to keep the search linear. */
const KEY_VALUE = /(?:\\?["'])?[\w+/.~-]{16,256}={0,2}(?:\\?["'])?/y
/** Names whose value may have two words. In capitals, a name is a variable of a shell. */
const SPOKEN_NAME = /(?:[Pp]ass(?:word|phrase|wort)|[Kk]ennwort|[Cc]ontraseña|[Ss]enha|[Пп]ароль|passe)$/
const SECOND_WORD =
  / (?!--)[^\s"'&;<>=:/.,!?\\]{2,40}(?=[.,;!?"\\)\]}]|'(?!\w)|[\r\n]|$| (?:and|but|or|because|when|und|oder|aber) )/y
const HEADER_NAME = /(?:authorization|cookie)$/i
/** A header, also with quoted parameters: `Digest username="ada", response="1"`. */
const HEADER_VALUE =
  /\\"(?:[^"\\]|\\\\\\")*(?:\\")?|"(?:[^"\\]|\\.)*"?|'[^'\r\n]*'?|[^\r\n"'\\]+(?:(?<==)\\?"[^"\r\n]*"[^\r\n"'\\]*)*/y
/** What the patterns below contain, for fast tests. */
const IBAN_LIKE = /[A-Za-z]{2}\d\d/
const PAN_LIKE = /[A-Za-z]\d{4}[A-Za-z]/
const IPV4_LIKE = /\d\.\d{1,3}\.\d/
const IPV6_LIKE = /:[\da-fA-F]{0,4}:/
const IBAN_START = /(?<![A-Za-z0-9])[A-Za-z]{2}\d\d(?=[ .-]?[A-Za-z0-9]{2})/g
const PAN = /(?<![A-Za-z0-9_-])[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z](?![A-Za-z0-9_-])/gi
/** Not next to a letter: `lib-1.2.3.4` and `1.2.3.4-beta` are versions. */
const IPV4 = /(?<![A-Za-z0-9.§]|[A-Za-z][_-])\d{1,3}(?:\.\d{1,3}){3}(?![A-Za-z0-9]|-[A-Za-z]|\.\d)/g
const IPV6 = /(?<![\w:.])(?:[\da-fA-F]{0,4}:){2,8}(?:[\da-fA-F]{1,4}(?:\.\d{1,3}){0,3})?(?![\w:])/g
const VERSION_CONTEXT =
  /(?:\bversions?|\bver|\bv|\brelease|\bbuild|\bfirmware|\bsection|\bchapter|\bclause|\bupgraded? to|\boid)\W{0,3}$/i
/** `Chrome/120.0.0.0`: product names start with a capital letter, unlike paths. */
const PRODUCT_CONTEXT = /\b[A-Z]\w*\/$/
/** Addresses that identify no host: loopback, unspecified, masks. */
const UNASSIGNED_IP = /^(?:127\.|0\.|255\.)/

/** Secrets recognised by their format or by the name before them, in the order of replacement. */
export const SECRETS: readonly RedactionRule[] = [
  {
    mayMatch: (text, traits) => has(traits, DASH) && text.includes('-----BEGIN '),
    redact: text => text.replace(PEM, '[private-key]'),
  },
  {
    mayMatch: (text, traits) => has(traits, DASH) && text.includes('Private-Lines:'),
    redact: text => text.replace(PUTTY, '$1[private-key]'),
  },
  { mayMatch: (_text, traits) => has(traits, AT), redact: text => text.replace(URL_CREDENTIALS, '://[credentials]') },
  {
    mayMatch: (text, traits) => has(traits, LONG_RUN) && text.includes('eyJ'),
    redact: text => text.replace(JWT, token => (has(traitsOf(token), LONG_RUN) ? '[jwt]' : token)),
  },
  { mayMatch: (_text, traits) => has(traits, LONG_RUN), redact: redactKeys },
  {
    mayMatch: (text, traits) => has(traits, SIGN) || (has(traits, BEYOND_ASCII) && WIDE_SIGN.test(text)),
    redact: redactAssignments,
  },
  {
    mayMatch: (text, traits) => has(traits, SAYS_WORD) && BEARER_WORD.test(text),
    redact: text => text.replace(BEARER, '$1[token]'),
  },
  {
    mayMatch: (text, traits) => has(traits, SAYS_WORD) && BASIC_WORD.test(text),
    redact: text =>
      text.replace(BASIC, (match, word, value) =>
        USER_AND_PASSWORD.test(Buffer.from(value, 'base64').toString()) ? `${word}[credentials]` : match,
      ),
  },
  { mayMatch: (text, traits) => has(traits, DASH) && mayHaveOptions(text), redact: redactOptions },
  {
    mayMatch: (text, traits) => has(traits, DIGIT | SAYS_WORD | BEYOND_ASCII) && mayStateSecret(text),
    redact: redactStatedSecrets,
  },
]

/** E-mail and IP addresses, IBANs and Indian tax numbers (PAN), in the order of replacement. */
export const ADDRESSES: readonly RedactionRule[] = [
  { mayMatch: (_text, traits) => has(traits, AT), redact: redactMailAddresses },
  { mayMatch: (text, traits) => has(traits, DIGIT) && IBAN_LIKE.test(text), redact: redactIbans },
  { mayMatch: (text, traits) => has(traits, DIGIT) && PAN_LIKE.test(text), redact: text => text.replace(PAN, '[pan]') },
  {
    mayMatch: (text, traits) => has(traits, SIGN) && IPV6_LIKE.test(text),
    redact: text => text.replace(IPV6, ip => (isHostIpv6(ip) ? '[ip]' : ip)),
  },
  {
    mayMatch: (text, traits) => has(traits, DIGIT) && IPV4_LIKE.test(text),
    redact: text =>
      text.replace(IPV4, (ip, at: number, whole: string) => (isIpv4(ip, whole.slice(Math.max(0, at - 16), at)) ? '[ip]' : ip)),
  },
]

function redactAssignments(text: string): string {
  let redacted = ''
  let done = 0
  // `matchAll` would copy the pattern for each text.
  ASSIGNMENT.lastIndex = 0
  for (let match = ASSIGNMENT.exec(text); match !== null; match = ASSIGNMENT.exec(text)) {
    const start = match.index + match[0].length
    if (start < done) continue
    const name = match[1] ?? ''
    const isSecret = isSecretName(name)
    if (!isSecret && !/key$/i.test(name)) continue
    const value = readValue(text, start, isSecret ? (HEADER_NAME.test(name) ? HEADER_VALUE : VALUE) : KEY_VALUE)
    if (value === '' || NOT_A_SECRET.test(value) || MARK.test(value) || !(isSecret || looksRandom(value))) continue
    const [, open = '', close = ''] = /^(\\?["'])?[\s\S]*?(\\?["'])?$/.exec(value) ?? []
    redacted += `${text.slice(done, start)}${open}[secret]${close}`
    done = start + value.length
    if (open === '' && SPOKEN_NAME.test(name)) done += secondWord(text, done).length
  }
  return done === 0 ? text : redacted + text.slice(done)
}

/** Returns the rest of a password of two words, which ends its line or sentence. */
function secondWord(text: string, at: number): string {
  SECOND_WORD.lastIndex = at
  return SECOND_WORD.exec(text)?.[0] ?? ''
}

function readValue(text: string, at: number, pattern: RegExp): string {
  pattern.lastIndex = at
  const value = pattern.exec(text)?.[0] ?? ''
  if (/^\\?["']/.test(value)) return value
  // Trailing punctuation belongs to the sentence.
  let end = value.length
  while (end > 0 && '.,:!?)]}'.includes(value[end - 1] ?? '')) end--
  return value.slice(0, end)
}

/**
 * Whether a value after `key=` looks machine-generated: long, with letters, digits and many
 * distinct characters.
 */
function looksRandom(value: string): boolean {
  const distinct = new Set(value.slice(0, 64))
  return value.length >= 16 && distinct.size >= 10 && /\d/.test(value) && /[A-Za-z]/.test(value) && !/\//.test(value)
}

function redactIbans(text: string): string {
  let redacted = ''
  let done = 0
  for (const { 0: start, index } of text.matchAll(IBAN_START)) {
    const length = IBAN_LENGTHS.get(start.slice(0, 2).toUpperCase())
    if (length === undefined || index < done) continue
    const end = endOfIban(text, index, length)
    if (end === undefined || !passesMod97(text.slice(index, end).replace(/[ .-]/g, ''))) continue
    redacted += `${text.slice(done, index)}[iban]`
    done = end
  }
  return done === 0 ? text : redacted + text.slice(done)
}

/**
 * Returns the end of an IBAN with optional separators between characters; undefined if another
 * character follows directly.
 */
function endOfIban(text: string, start: number, length: number): number | undefined {
  let at = start
  for (let taken = 0; taken < length; at++) {
    if (/[A-Za-z0-9]/.test(text[at] ?? '')) taken++
    else if (!/[ .-]/.test(text[at] ?? '') || !/[A-Za-z0-9]/.test(text[at + 1] ?? '')) return undefined
  }
  return /[A-Za-z0-9]/.test(text[at] ?? '') ? undefined : at
}

function isIpv4(ip: string, context: string): boolean {
  return (
    ip.split('.').every(part => Number(part) <= 255 && !/^0\d/.test(part)) &&
    !UNASSIGNED_IP.test(ip) &&
    !VERSION_CONTEXT.test(context) &&
    !PRODUCT_CONTEXT.test(context)
  )
}

function isHostIpv6(ip: string): boolean {
  const groups = ip.split(':').filter(Boolean)
  return isIPv6(ip) && groups.length > 1 && (groups.length > 2 || /\d/.test(ip))
}

/** Text may be encoded more than once. */
const MAX_DECODINGS = 3
/**
 * Characters as percent-encoded bytes, in escapes of programs, and as references of HTML, and the
 * colours of a terminal, which begin with a control character unless it was removed.
 */
const ENCODED =
  /(?:%[\da-f]{2})+|\\{1,4}(?:u([\da-f]{4})|u\{([\da-f]{1,6})\}|x([\da-f]{2})|([nrtbf]))|&#(?:x([\da-f]{1,6})|(\d{1,7}));?|&(commat|period|colon|equals|lowbar|nbsp|hyphen|dash|plus|sol);|(?:(?!\s)[^ -\uFFFF]|\\{1,4}(?:033|e))\[[\d;?]{0,16}[a-z]|\[\d{1,3}(?:;\d{1,3}){0,4}m/gi
/** What the escapes of separators become. */
const SEPARATORS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: ' ', f: ' ' }
const NAMED: Readonly<Record<string, string>> = {
  commat: '@',
  period: '.',
  colon: ':',
  equals: '=',
  lowbar: '_',
  nbsp: ' ',
  hyphen: '-',
  dash: '-',
  plus: '+',
  sol: '/',
}

/**
 * Redacts what is encoded in a text. If there is something, the rest of the text is decoded too;
 * otherwise the text is returned unchanged. Cost: linear.
 */
export function redactEncoded(text: string, redact: (text: string) => string): string {
  let form = text
  for (let i = 0; i < MAX_DECODINGS; i++) {
    const decoded = form.replace(ENCODED, decode)
    if (decoded === form) return text
    const redacted = redact(decoded)
    if (redacted !== decoded) return redacted
    form = decoded
  }
  return text
}

function decode(
  encoded: string,
  unit?: string,
  point?: string,
  byte?: string,
  separator?: string,
  hex?: string,
  decimal?: string,
  name?: string,
): string {
  if (encoded.startsWith('%')) return Buffer.from(encoded.replaceAll('%', ''), 'hex').toString()
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? encoded
  // Capitals are no separators: `C:\Temp`.
  if (separator !== undefined) return SEPARATORS[separator] ?? encoded
  if (encoded.includes('[')) return ' '
  const code = decimal === undefined ? Number.parseInt(unit ?? point ?? byte ?? hex ?? '', 16) : Number(decimal)
  return code <= 0x10ffff ? String.fromCodePoint(code) : encoded
}

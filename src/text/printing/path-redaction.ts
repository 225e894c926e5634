const HIDDEN = '[redacted]'
/** Text may be percent-encoded more than once. */
const MAX_DECODINGS = 5

/**
 * Redacts a path, such as the id of a document, by segment: after a slash or an underscore,
 * redaction does not recognize a number. A segment with an encoded secret, or a path with one that
 * spans several segments, becomes `[redacted]`. Cost: linear.
 */
export function redactPath(path: string, redact: (text: string) => string): string {
  const isClean = (text: string) =>
    formsOf(text).every(form => [form, form.replaceAll('_', ' ')].every(spaced => redact(spaced) === spaced))
  const whole = redact(path)
  const shown = whole.split('/').map(segment => {
    const redacted = redact(segment)
    return isClean(redacted) ? redacted : HIDDEN
  })
  return isClean(shown.filter(segment => segment !== HIDDEN).join('/')) ? shown.join('/') : HIDDEN
}

/**
 * The text as received and after each decoding that changes it, also with plus signs and slashes as
 * spaces.
 */
export function formsOf(text: string): readonly string[] {
  const forms = [text]
  for (let form = decode(text); form !== forms.at(-1) && forms.length <= MAX_DECODINGS; form = decode(form)) forms.push(form)
  return [...new Set(forms.flatMap(form => [form, form.replaceAll('+', ' '), form.replaceAll('/', ' ')]))]
}

/** Decodes percent-encoded bytes. Bytes that are not UTF-8 become U+FFFD. */
function decode(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, bytes => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString())
}

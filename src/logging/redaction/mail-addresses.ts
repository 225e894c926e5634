/** A character of a word, in a mail address. */
const WORD = '\\w\\u00C0-\\u052F'
/**
 * An address, searched from its `@`, which is rarer than what may come before it. Of the characters
 * that a local part may have, `=`, `?`, `/` and `%` end it here: they occur in links.
 */
const AT_SIGN = new RegExp(
  `@(?<=((?:\\\\?"[^"\\\\\\r\\n]{1,64}\\\\?"|[${WORD}.+!#$*~&'^\`{|}\\u002D]+))@)(\\[?[${WORD}-]+(?:\\.[${WORD}-]+)+\\]?)`,
  'g',
)
/** What encloses an address instead of belonging to it. */
const OPENING = /^[&'^`{|}*]+/
/**
 * Domains that are not mail domains: file endings such as `icon@2x.png`, endings that are also
 * top-level domains after a digit (`docs@1.2.md`), and versions, which end in a digit
 * (`left-pad@1.3.0`).
 */
const NO_MAIL_DOMAIN = /(?:\.(?:png|jpe?g|gif|svg|webp|ico|css|js|mjs|ts|json|txt|tgz)|^\d.*\.(?:map|md|zip)|\d)$/i
/** Marks after an address, such as the `_` of italics in Markdown. The search is linear. */
const CLOSING = /(?<![._-])[._-]+$/

/** Replaces mail addresses. Cost: linear. */
export function redactMailAddresses(text: string): string {
  let redacted = ''
  let done = 0
  AT_SIGN.lastIndex = 0
  for (let match = AT_SIGN.exec(text); match !== null; match = AT_SIGN.exec(text)) {
    const [{ length }, found = '', domain = ''] = match
    const local = found.replace(OPENING, '')
    const host = domain.replace(CLOSING, '')
    if (!/[\p{L}\p{N}]/u.test(local) || local === 'git' || !host.includes('.') || NO_MAIL_DOMAIN.test(host)) continue
    const start = match.index - local.length
    redacted += `${text.slice(done, Math.max(done, start))}[email]`
    done = match.index + length - (domain.length - host.length)
  }
  return done === 0 ? text : redacted + text.slice(done)
}

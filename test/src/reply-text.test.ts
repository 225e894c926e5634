import t from 'tap'
import { createRedactor } from '../../src/logging/redaction/redactor.ts'
import { fillText, fixedText, joinTexts, partOf, reply, titleText, wholeText } from '../../src/reply-text.ts'

const redact = createRedactor().text
const MESSAGE = 'my password is hunter22, card 4111 1111 1111 1111'
const REDACTED = redact(MESSAGE)

t.test('a log omits a plain string, which may hold user input', async t => {
  const text = reply`There is no command /${'hunter22'}, ${3} are listed`
  t.equal(text.text, 'There is no command /hunter22, 3 are listed')
  t.equal(text.toLog(redact), 'There is no command /[text], 3 are listed')
})

t.test('a whole text is redacted before it is cut', async t => {
  for (let length = 1; length < MESSAGE.length; length++) {
    const logged = wholeText(MESSAGE, text => text.slice(0, length)).toLog(redact)
    t.ok(REDACTED.startsWith(logged), logged)
  }
  t.equal(wholeText(MESSAGE).text, MESSAGE)
})

t.test('a part is logged only if it is still in the text after the whole text is redacted', async t => {
  for (const word of MESSAGE.split(' ')) {
    const part = partOf(MESSAGE, word)
    t.equal(part.text, word)
    t.equal(part.toLog(redact), /hunter|1/.test(word) ? '[text]' : word, word)
  }
  const letter = 'write to ada@example.com today'
  t.equal(partOf(letter, 'to ada@example.com').toLog(redact), 'to [email]')
  t.equal(partOf(letter, 'example.com today').toLog(redact), '[text]')
  t.equal(
    partOf('order 415 555 0123 is late', '415 555 0123').toLog(redact),
    '415 555 0123',
    'an order number, not a phone number',
  )
})

t.test('embedded and joined texts are each logged in their redacted form', async t => {
  const text = reply`${fixedText('Question')}: ${joinTexts([wholeText(MESSAGE), partOf(MESSAGE, 'hunter22')], ' / ')}`
  t.equal(text.text, `Question: ${MESSAGE} / hunter22`)
  t.equal(text.toLog(redact), `Question: ${REDACTED} / [text]`)
})

t.test('a title that may be a path is omitted from logs, another one is redacted', async t => {
  t.equal(titleText('scan_4111 1111 1111 1111').toLog(redact), '[text]')
  t.equal(titleText('d4/4111 1111 1111 1111').toLog(redact), '[text]')
  t.equal(titleText('Install on Debian').toLog(redact), 'Install on Debian')
})

t.test('an empty value of a placeholder leaves no gap', async t => {
  const fill = (first: string, second: string) =>
    fillText('{first} {second}: Yes. {first}', { first: fixedText(first), second: fixedText(second) }).text
  t.equal(fill('A', 'B'), 'A B: Yes. A')
  t.equal(fill('A', ''), 'A: Yes. A')
  t.equal(fill('', 'B'), 'B: Yes.')
  t.equal(fillText('{first} {second}', { first: fixedText(''), second: fixedText('B') }).text, 'B')
})

t.test('a filled text is redacted in the log, value and wording, and has no backticks without markup', async t => {
  const filled = fillText('Write to ada@example.com or run `{command}`. {secret}', {
    command: fixedText('x'),
    secret: wholeText('password: hunter22'),
  })
  t.equal(filled.plain, 'Write to ada@example.com or run x. password: hunter22')
  t.notMatch(filled.toLog(redact), /ada@|hunter22/)
  t.match(filled.toLog(redact), /^Write to \[email\] or run `x`\./)
})

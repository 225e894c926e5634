import { randomBytes } from 'node:crypto'
import t from 'tap'
import { createRedactor } from '../../../../src/logging/redaction/redactor.ts'
import { makeSessionId } from '../../../../src/text/ids/session-ids.ts'

const { text: redact } = createRedactor()

const VALUES = [
  `plc_${'a1B2c3D4'.repeat(4)}`,
  `ghp_${'a1B2c3D4'.repeat(4)}abcd`,
  'AKIA4EXAMPLE7KEYS234',
  'DE89370400440532013000',
  '10.1.2.3',
  '123-45-6789',
  '4111111111111111',
  makeSessionId(randomBytes),
]

t.test('a value directly after an escaped separator is redacted', async t => {
  for (const separator of ['\\n', '\\r\\n', '\\t', '\\b', '\\f', '\\\\n', '\\\\\\\\t'])
    for (const value of VALUES)
      for (const text of [
        `x${separator}${value}`,
        `{"text":"x${separator}${value}${separator}y"}`,
        `${separator}${value}${separator}`,
      ])
        t.notOk(redact(text).includes(value), text)
})

t.test('a value directly after a colour of a terminal is redacted', async t => {
  const ends = ['[32m', '[m', '[0m', '[1;32m', '[38;5;196m', '[K']
  const colours = ['\u001B', '\\u001b', '\\u001B', '\\x1b', '\\033', '\\e', '\\\\u001b'].flatMap(start =>
    ends.map(end => start + end),
  )
  for (const colour of [...colours, '[32m', '[1;32m'])
    for (const value of VALUES)
      for (const text of [`x${colour}${value}`, `${colour}${value}${colour}y`]) t.notOk(redact(text).includes(value), text)
})

t.test('escaped separators and colours stay in a text without such a value', async t => {
  for (const text of [
    'C:\\new\\table\\files',
    'C:\\Temp\\10',
    'x\\ny\\n',
    '/\\bfoo\\b/',
    '\u001B[32mok\u001B[0m',
    'rate(x[5m]) > 1',
  ])
    t.equal(redact(text), text)
})

t.test('a line that begins with a bracket is no colour', async t => {
  t.equal(redact('a\n[link](b)\t[email] x\\n10.1.2.3'), 'a\n[link](b)\t[email] x\n[ip]')
})

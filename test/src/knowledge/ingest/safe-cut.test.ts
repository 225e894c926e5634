import t from 'tap'
import { cutPassages } from '../../../../src/knowledge/ingest/passages/passage-cutter.ts'
import { createRedactor } from '../../../../src/logging/redaction/redactor.ts'

const redact = createRedactor().text

/** Cuts one paragraph or block of code into passages. */
function cut(text: string, kind: 'prose' | 'code' = 'prose'): readonly string[] {
  return cutPassages({ sections: [{ headings: [], blocks: [{ kind, text }] }] }, 'Title', 'id', redact).map(({ text }) => text)
}

const KEY_LINES = Array.from({ length: 25 }, (_, n) => `MIIEpAIBAAKCAQEA${String.fromCharCode(97 + n).repeat(48)}`)
const PEM = ['-----BEGIN PRIVATE KEY-----', ...KEY_LINES, '-----END PRIVATE KEY-----'].join('\n')

t.test('a password is in one passage with the words before it, at every distance from a cut', async t => {
  for (let chars = 1130; chars < 1225; chars++) {
    const filler = `${'x'.repeat(chars % 7)} ${'plain words '.repeat(200)}`.slice(0, chars)
    const passages = cut(`${filler} vault password is Kq7plunk1180 for all ${'other words '.repeat(120)}`)
    t.notMatch(passages.map(redact).join('\n'), /Kq7plunk1180/, `after ${chars} characters`)
    t.ok(passages.length > 1)
    const run = cut(`${'a'.repeat(chars)} vault password is Kq7plunk1180 for all ${'other words '.repeat(120)}`)
    t.notMatch(run.map(redact).join('\n'), /Kq7plunk1180/, `after a run of ${chars} characters`)
  }
})

t.test('a private key that is longer than a passage is kept in one piece', async t => {
  for (let chars = 0; chars < 1300; chars += 50)
    for (const kind of ['prose', 'code'] as const) {
      const lines = 'plain words of text\n'.repeat(100).slice(0, chars)
      const passages = cut(`${lines}\n${PEM}\n${'other words\n'.repeat(150)}`, kind)
      t.notMatch(passages.map(redact).join('\n'), /MIIEpAIB/, `${kind} after ${chars} characters`)
      t.ok(passages.length > 1)
    }
})

t.test('a secret of more than 8,000 characters is cut', async t => {
  t.ok(cut(`password="${'ab1 '.repeat(5000)}"`).length > 1)
})

t.test('a text full of personal data is cut in linear time', async t => {
  const cost = (count: number) => {
    let chars = 0
    const counting = (text: string) => {
      chars += text.length
      return redact(text)
    }
    const blocks = [{ kind: 'prose' as const, text: 'password is a1b2c3d4 ada@example.com '.repeat(count) }]
    cutPassages({ sections: [{ headings: [], blocks }] }, 'Title', 'id', counting)
    return chars
  }
  t.ok(cost(4000) < 2.5 * cost(2000))
})

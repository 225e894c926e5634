import t from 'tap'
import { createMinuteLimit } from '../../../../src/watch/error-reports/minute-limit.ts'
import { maskQuotes } from '../../../../src/watch/error-reports/quoted-text.ts'
import { createRecentLines } from '../../../../src/watch/error-reports/recent-lines.ts'
import { framesOf } from '../../../../src/watch/error-reports/stack-frames.ts'

t.test('frames are relative to the code, and lines of the message are no frames', t => {
  const stack = [
    'Error: first',
    '    at secret (/home/alice/diary.ts:1:1)',
    'last line of the message',
    '    at Object.run (file:///home/alice/pellucid/src/database/sql.ts:41:58)',
    '    at async /home/alice/pellucid/plugins/chat.ts:7:3',
    '    at next (/home/alice/pellucid/node_modules/fastify/lib/hooks.js:12:5)',
    '    at Array.map (<anonymous>)',
    '    at other (/home/alice/elsewhere/tool.js:3:4)',
    '    at name with "quotes" (node:internal/timers:5:6)… (12 more characters)',
  ]
  t.same(
    framesOf(stack.join('\n'), '/home/alice/pellucid').map(({ function: name, file, isOwn }) => [name, file, isOwn]),
    [
      ['Object.run', 'src/database/sql.ts', true],
      [undefined, 'plugins/chat.ts', true],
      ['next', 'node_modules/fastify/lib/hooks.js', false],
      ['other', 'tool.js', false],
    ],
  )
  t.same(framesOf('Error: no calls', '/home/alice'), [])
  t.same(framesOf('    at run (/app/src/a.ts:12:34)', '/app')[0], {
    function: 'run',
    file: 'src/a.ts',
    line: 12,
    column: 34,
    isOwn: true,
  })
  t.end()
})

t.test('what a text quotes of a message is masked, and common words are not', t => {
  const message = 'My cat eats the blue pills, what now?'
  t.equal(maskQuotes('no room for: My cat eats the blue pills, what now?', [message]), 'no room for: <*>?')
  t.equal(maskQuotes('parse error near cat eats the, expected a verb', [message]), 'parse error near <*>, expected a verb')
  t.equal(maskQuotes('near cat eats the and pills, what now?', [message]), 'near <*> and <*>?')
  t.equal(maskQuotes('the disk is full', [message]), 'the disk is full')
  t.equal(maskQuotes('cannot store Ada Lovelace', ['Ada Lovelace']), 'cannot store <*>', 'a short message as a whole')
  t.equal(maskQuotes('cannot store Ada', ['Ada Lovelace']), 'cannot store Ada', 'but not each of its words')
  t.equal(maskQuotes('', [message]), '')
  t.end()
})

t.test('punctuation, case, escapes and cut words do not hide a quote', t => {
  const message = "It's 4 o'clock:\nmy Secret name, here (déjà)"
  for (const [text, masked] of [
    ['parse (my secret name here),', 'parse (<*>),'],
    ['parse(my secret name)', 'parse(<*>)'],
    ['at {"text":"MY-SECRET-NAME"}', 'at {"text":"<*>"}'],
    [`invalid: ${JSON.stringify(message)}`, 'invalid: "<*>)"'],
    ['near ...ecret name, he', 'near ...<*>'],
    ["never 4 o'clo", 'never <*>'],
    ['name here de\u0301ja\u0300', '<*>'],
  ] as const)
    t.equal(maskQuotes(text, [message]), masked)
  t.equal(maskQuotes('cannot parse: 我的猫吃', ['请问我的猫吃什么']), 'cannot parse: <*>', 'without spaces between words')
  t.equal(maskQuotes('cannot store Ada Lovelace', ['Lovelace', 'Ada Lovelace was']), 'cannot store Ada <*>')
  t.equal(maskQuotes('cannot store Lovelace, Ada', ['Lovelace', 'the Lovelace, Ann']), 'cannot store <*>, Ada')
  t.end()
})

t.test('in any minute, no more calls than the limit are admitted', t => {
  let now = 0
  const isAdmitted = createMinuteLimit(60, () => now)
  const admittedAt: number[] = []
  for (; now < 600_000; now += 137) if (isAdmitted()) admittedAt.push(now)
  for (const [i, at] of admittedAt.entries()) {
    const before = admittedAt[i - 60]
    if (before !== undefined && at - before < 60_000) t.fail(`61 calls from ${before} to ${at}`)
  }
  t.ok(admittedAt.length >= 590, 'and nearly as many as the limit allows')
  t.end()
})

t.test('recent lines are limited in number and size, and are found in order', t => {
  const few = createRecentLines(3, 1000)
  for (const line of ['a1', 'b2', 'a3', 'a4']) few.add(line)
  t.same(few.find('a', 5), ['a3', 'a4'])
  t.same(few.find('a', 1), ['a4'], 'the latest ones')
  const small = createRecentLines(100, 10)
  for (const line of ['a12345', 'a1234', 'a123']) small.add(line)
  t.same(small.find('a', 5), ['a1234', 'a123'])
  small.add('a'.repeat(11))
  t.same(small.find('a', 5), [], 'a line above the limit is not kept')
  t.end()
})

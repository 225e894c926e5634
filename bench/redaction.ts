/**
 * Measures precision, recall and speed of the redactor on test/fixtures/redaction/labelled.jsonl.
 *
 *   node bench/redaction.ts [--misses] [--rivals]
 *
 * --misses also prints each wrong text of the tuned part. --rivals compares phone numbers and IBANs
 * with libphonenumber-js and ibantools, which it installs.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLineRedactor } from '../src/logging/redaction/redact-line.ts'
import { createRedactor } from '../src/logging/redaction/redactor.ts'
import { readLabelled, scoreRedaction } from '../test/redaction-score.ts'
import { prepareRivals } from './peers/redaction-rivals.ts'

const { text: redact } = createRedactor()
const labelled = readLabelled()

console.log('| kind | cases | recall | precision | held-out recall | held-out precision |\n|---|---|---|---|---|---|')
const tuned = scoreRedaction(
  labelled.filter(({ part }) => part === 'tuned'),
  redact,
)
const heldOut = scoreRedaction(
  labelled.filter(({ part }) => part === 'held-out'),
  redact,
)
for (const [kind, { cases, recall, precision }] of tuned.scores) {
  const held = heldOut.scores.get(kind)
  console.log(
    `| ${kind} | ${cases + (held?.cases ?? 0)} | ${[recall, precision, held?.recall, held?.precision].map(share).join(' | ')} |`,
  )
}
if (process.argv.includes('--misses'))
  for (const { text, output } of tuned.misses) console.log(JSON.stringify(text), '→', JSON.stringify(output))

if (process.argv.includes('--rivals')) {
  console.log(
    '\n| finder | kind | recall | precision | held-out recall | held-out precision | µs per text |\n|---|---|---|---|---|---|---|',
  )
  for (const { name, kinds, find } of [{ name: 'ours, all kinds', kinds: ['phone', 'iban'], find: redact }, ...prepareRivals()])
    for (const kind of kinds) printRival(name, kind, find)
}

const RECORD = {
  level: 'INFO',
  level_number: 20,
  time: '2026-01-15T10:30:45.123Z',
  service: 'chatbot',
  module: 'http',
  function: 'end_request',
  trace_id: '0af7651916cd43dd8448eb211c80319c',
  span_id: 'b7ad6b7169203331',
  request_id: '0f0f6ae4-8a26-4b0e-9a4f-0b36b6ff7d52',
  session_id: 'AbCdEfGhIjKlMnOpQrStUvWx',
  method: 'POST',
  route: '/chat',
  status: 200,
  took_ms: 1.234,
  msg: 'Request served',
}
const lines = {
  'a line about a request': JSON.stringify(RECORD),
  'a line with a question': JSON.stringify({
    ...RECORD,
    message_text: 'How do I add documents to a running server, and when are they found?',
  }),
  'a line with an address and a card': JSON.stringify({
    ...RECORD,
    message_text: 'I am ada@example.com and paid with 4111 1111 1111 1111',
  }),
}
console.log('\n| line | bytes | µs per line | MB/s |\n|---|---|---|---|')
const redactLine = createLineRedactor()
for (const [name, line] of Object.entries(lines)) {
  const us = measureUs(() => redactLine(line))
  console.log(`| ${name} | ${line.length} | ${us.toFixed(2)} | ${(line.length / us).toFixed(0)} |`)
}
const prose = readFileSync(join(import.meta.dirname, '../docs/logging.md'), 'utf8')
const mixed = labelled.map(({ text }) => text).join('\n')
console.log('\n| text | MB/s |\n|---|---|')
for (const [name, text] of [
  ['docs/logging.md', prose],
  ['the labelled set', mixed],
] as const)
  console.log(`| ${name} | ${(text.length / measureUs(() => redact(text))).toFixed(0)} |`)

function printRival(name: string, kind: string, find: (text: string) => string): void {
  const scores = (['tuned', 'held-out'] as const).map(wanted => {
    const texts = labelled.filter(({ part }) => part === wanted)
    return scoreRedaction(texts, find).scores.get(kind)
  })
  const us =
    measureUs(() => {
      for (const { text } of labelled) find(text)
    }) / labelled.length
  const shares = scores.flatMap(score => [share(score?.recall), share(score?.precision)])
  console.log(`| ${name} | ${kind} | ${shares.join(' | ')} | ${us.toFixed(1)} |`)
}

function measureUs(run: () => void): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 5; round++) {
    const started = performance.now()
    let runs = 0
    for (; performance.now() - started < 150; runs++) run()
    best = Math.min(best, ((performance.now() - started) * 1000) / runs)
  }
  return best
}

function share(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(3)
}

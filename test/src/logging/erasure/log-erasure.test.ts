import { appendFileSync, chmodSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { loadConfig } from '../../../../src/config.ts'
import { eraseFromLog } from '../../../../src/logging/erasure/log-erasure.ts'
import { createTextEraser } from '../../../../src/logging/erasure/text-eraser.ts'
import { retentionPolicy } from '../../../../src/logging/retention/retention-policy.ts'
import { runRetention } from '../../../../src/logging/retention/retention-run.ts'
import { until } from '../../../worlds/until.ts'
import { line, makeLogFolder, START } from '../reading/log-folder.ts'

const ADA = 's_adaadaadaadaadaadaadaad'
const BOB = 's_bobbobbobbobbobbobbobbo'
const message = (session_id: string, message_text: string, more: object = {}) =>
  line(0, { session_id, message_chars: message_text.length, message_text, ...more, msg: 'User message received' })

t.test('only the texts of the named sessions change, and every other byte keeps its place', async t => {
  const text = fc.string({ unit: 'binary', maxLength: 40 })
  const record = fc.record({ session_id: fc.constantFrom(ADA, BOB), message_text: text, response_text: text, note: text })
  await fc.assert(
    fc.asyncProperty(
      fc.array(record),
      fc.array(fc.string({ minLength: 24, maxLength: 24 }), { maxLength: 20 }),
      async (records, others) => {
        const lines = records.map(fields => line(0, { ...fields, quoted: JSON.stringify(fields) }))
        const before = Buffer.from(lines.map(each => `${each}\n`).join(''))
        const after = Buffer.from(before)
        createTextEraser(new Set([ADA, ...others]))(after)
        t.equal(after.length, before.length)
        const [was, is] = [before, after].map(block => block.toString().split('\n').slice(0, -1))
        for (const [i, fields] of records.entries()) {
          if (fields.session_id !== ADA) t.equal(is![i], was![i])
          else {
            const { message_text, response_text, ...kept } = JSON.parse(is![i]!)
            for (const left of [message_text, response_text]) t.ok(left === '' || left === '[erased]')
            const { message_text: _message, response_text: _response, ...all } = JSON.parse(was![i]!)
            t.same(kept, all)
          }
        }
        t.equal(createTextEraser(new Set([ADA]))(after).lines, 0, 'a second time, nothing is left to erase')
      },
    ),
    { numRuns: 200 },
  )
})

t.test('plain files are changed in place, compressed ones replaced, and both keep their times', async t => {
  const old = new Date('2026-01-15T12:00:00.000Z')
  const secret = 'where is my parcel to Elm Street?'
  const dir = makeLogFolder(t, {
    'chatbot.2026-01-15.1.log': [message(ADA, secret), message(BOB, secret)],
    'info.2026-01-15.1.log.gz': [message(ADA, secret), message(BOB, secret)],
    'info.2026-01-14.1.log.gz': [message(BOB, secret)],
    'error.2026-01-15.1.log': [message(BOB, secret)],
  })
  const plain = join(dir, 'chatbot/chatbot.2026-01-15.1.log')
  const compressed = join(dir, 'info/info.2026-01-15.1.log.gz')
  for (const path of [plain, compressed]) utimesSync(path, old, old)
  const { ino } = statSync(plain)
  chmodSync(compressed, 0o640)
  const report = await eraseFromLog({ dir, names: new Set([ADA]) })
  t.match(report, { files: 4, failed: [] })
  t.same(report.erased, [
    { file: 'chatbot/chatbot.2026-01-15.1.log', lines: 1 },
    { file: 'info/info.2026-01-15.1.log.gz', lines: 1 },
  ])
  for (const text of [readFileSync(plain, 'utf8'), gunzipSync(readFileSync(compressed)).toString()]) {
    const [ada, bob] = text.split('\n').map(each => each && JSON.parse(each))
    t.match(ada, { session_id: ADA, message_chars: secret.length, message_text: '[erased]' })
    t.match(bob, { message_text: secret })
  }
  t.equal(statSync(plain).ino, ino, 'a server that appends to the file still has it open')
  t.equal(Math.floor(statSync(plain).mtimeMs), old.getTime() + 1)
  t.equal(statSync(compressed).mtimeMs, old.getTime())
  t.equal(statSync(compressed).mode & 0o777, 0o640, 'a collector of the group reads it')
  t.same((await eraseFromLog({ dir, names: new Set([ADA]) })).erased, [])
})

t.test('a file that grows meanwhile keeps what is appended', async t => {
  const first = Array.from({ length: 20_000 }, (_, n) => message(n % 2 === 0 ? ADA : BOB, `question ${n} about tea`))
  const dir = makeLogFolder(t, { 'chatbot.2026-01-15.1.log': first })
  const path = join(dir, 'chatbot/chatbot.2026-01-15.1.log')
  const erasing = eraseFromLog({ dir, names: new Set([ADA]) })
  let appended = 0
  let isErasing = true
  void erasing.finally(() => (isErasing = false))
  while (isErasing) {
    appendFileSync(path, `${message(BOB, `appended ${appended++}`)}\n`)
    await new Promise(resolve => setImmediate(resolve))
  }
  t.match(await erasing, { erased: [{ lines: 10_000 }], failed: [] })
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  t.equal(lines.length, first.length + appended)
  for (const [n, each] of lines.entries())
    t.equal(
      JSON.parse(each).message_text,
      n >= first.length ? `appended ${n - first.length}` : n % 2 === 0 ? '[erased]' : `question ${n} about tea`,
    )
})

t.test('retention that runs meanwhile does not make an erasure incomplete', async t => {
  const secrets = Array.from({ length: 50_000 }, (_, n) => message(ADA, `question ${n} about tea`))
  const name = 'info.2026-01-15.1.log.gz'
  const dir = makeLogFolder(t, { [name]: secrets })
  writeFileSync(join(dir, 'info', 'info.2026-01-14.1.log.gz.erasing'), 'of a process that was killed')
  const erasing = eraseFromLog({ dir, names: new Set([ADA]) })
  await until(() => readdirSync(join(dir, 'info')).some(file => file.startsWith(`${name}.`)))
  await runRetention({ dir, policy: retentionPolicy(loadConfig({})), timeZone: 'UTC', now: () => START })
  t.match(await erasing, { erased: [{ lines: secrets.length }], failed: [] })
  t.notOk(gunzipSync(readFileSync(join(dir, 'info', name))).includes('about tea'))
  t.same(readdirSync(join(dir, 'info')), [name])
})

t.test('a compressed file that cannot be read is reported', async t => {
  const name = 'info.2026-01-15.1.log.gz'
  const dir = makeLogFolder(t, { [name]: Buffer.from('not compressed') })
  t.match(await eraseFromLog({ dir, names: new Set([ADA]) }), { failed: [{ file: join('info', name) }] })
})

/**
 * Measures how long it takes to erase one user from a log of this size, in plain and in compressed
 * files of 100 MB. One line in 1,000 is the user's. The reference reads the same files.
 *
 *   node bench/price/log-erasure.ts [--mb 1000]
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { eraseFromLog } from '../../src/logging/erasure/log-erasure.ts'
import { seededRandom } from '../../test/worlds/seeded-random.ts'
import { printTable } from '../harness/table.ts'

const FILE_MB = 100
const USERS = 1000
const WORDS = 'green black tea is brewed at degrees how do add documents to the server and when are they found'.split(' ')

const { values } = parseArgs({ options: { mb: { type: 'string', default: '1000' } } })
const files = Math.max(1, Math.round(Number(values.mb) / FILE_MB))
const dir = mkdtempSync(join(tmpdir(), 'pellucid-erasure-'))
process.once('exit', () => rmSync(dir, { recursive: true }))
const folder = join(dir, 'chatbot')
mkdirSync(folder)
const names = Array.from({ length: USERS }, (_, n) => `u_${String(n).padStart(22, 'x')}`)
const random = seededRandom(9)

const lines = makeLines()
const rows: (string | number)[][] = []
for (const form of ['plain', 'compressed'] as const) {
  rmSync(folder, { recursive: true })
  mkdirSync(folder)
  for (let n = 1; n <= files; n++) writeFileSync(join(folder, `chatbot.2026-01-15.${n}.log`), lines)
  if (form === 'compressed')
    execFileSync(
      'gzip',
      readdirSync(folder).map(name => join(folder, name)),
    )
  const read = timeOf(() => {
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, name))
      if (form === 'compressed') gunzipSync(bytes)
    }
  })
  const started = performance.now()
  const cpu = process.cpuUsage()
  const { erased, failed, bytes } = await eraseFromLog({ dir, names: new Set([names[7]!]) })
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  if (failed.length > 0 || erased.length !== files) throw new Error(`${erased.length} of ${files} files: ${failed[0]?.err}`)
  const found = erased.reduce((sum, file) => sum + file.lines, 0)
  rows.push([
    form,
    files * FILE_MB,
    Math.round(bytes / 1e6),
    found,
    seconds.toFixed(1),
    ((user + system) / 1e6).toFixed(1),
    read.toFixed(1),
  ])
}
printTable(['files', 'MB of lines', 'MB on disk', 'lines erased', 's', 's of CPU', 's to read only'], rows)

function makeLines(): string {
  const lines: string[] = []
  for (let length = 0; length < FILE_MB * 1e6; length += lines.at(-1)!.length + 1) {
    const text = Array.from({ length: 8 + Math.floor(random() * 12) }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ')
    const id = () =>
      Math.floor(random() * 2 ** 48)
        .toString(16)
        .padStart(12, '0')
    lines.push(
      JSON.stringify({
        ...{
          level: 'INFO',
          level_number: 20,
          time: '2026-01-15T10:30:45.123Z',
          service: 'chatbot',
          module: 'chat',
          function: 'answer',
        },
        ...{ trace_id: id() + id(), span_id: id(), request_id: `${id()}-${id()}`, turn_id: id() + id() },
        ...{
          session_id: `s_${id()}`,
          user_id: names[Math.floor(random() * USERS)],
          message_chars: text.length,
          message_text: text,
        },
        msg: 'User message received',
      }),
    )
  }
  return `${lines.join('\n')}\n`
}

function timeOf(run: () => void): number {
  const started = performance.now()
  run()
  return (performance.now() - started) / 1000
}

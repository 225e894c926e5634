import { parseArgs } from 'node:util'
import { collectTeardowns } from '../worlds/teardowns.ts'
import { makeCanaries } from './canary-kinds.ts'
import { proveCanaries } from './proof.ts'
import type { Sink } from './sinks.ts'

/**
 * `npm run test:privacy -- [--kinds N] [--leaks N]` sends more than 500 canaries to a server and
 * searches everything that leaves it. It prints the table of kinds and sinks and exits with 1 if a
 * canary is where none is known to be. `--leaks` limits the examples.
 */
const { values } = parseArgs({ options: { kinds: { type: 'string' }, leaks: { type: 'string', default: '20' } } })
const all = makeCanaries()
const kinds = [...new Set(all.map(({ kind }) => kind))].slice(0, values.kinds === undefined ? undefined : Number(values.kinds))
const canaries = all.filter(({ kind }) => kinds.includes(kind))

const t = collectTeardowns()
const { leaks, sinks, requests } = await proveCanaries(t, canaries, ({ form }) => form === 'whole').finally(() => t.end())

console.log(`${canaries.length} canaries of ${kinds.length} kinds, ${requests} requests\n`)
console.log('| sink | characters searched | canaries found | known |\n|---|---|---|---|')
for (const sink of sinks) console.log(`| ${sink.name} | ${sink.text.length} | ${countOf(sink)} | ${sink.known ?? ''} |`)
// Kinds with equal counts share a row.
const rows = Map.groupBy([...new Set(leaks.map(({ canary }) => canary.kind)), ...kinds], kind =>
  sinks.map(sink => countOf(sink, kind)).join(' | '),
)
console.log(`\n| kinds | ${sinks.map(({ name }) => name).join(' | ')} |\n|---|${'---|'.repeat(sinks.length)}`)
for (const [counts, equal] of rows) console.log(`| ${[...new Set(equal)].join(', ')} | ${counts} |`)
const unknown = leaks.filter(({ sink }) => sink.known === undefined)
const places = Map.groupBy(unknown, ({ sink, canary }) => `${sink.name}: ${canary.kind}`)
for (const [place, [leak]] of [...places].slice(0, Number(values.leaks)))
  console.log(
    `\n${place}, ${leak?.canary.form}: ${JSON.stringify(leak?.traces[0]?.fragment)} in ${JSON.stringify(leak?.excerpt)}`,
  )
process.exit(unknown.length > 0 ? 1 : 0)

function countOf(sink: Sink, kind?: string): number {
  return leaks.filter(leak => leak.sink === sink && (kind === undefined || leak.canary.kind === kind)).length
}

/**
 * Measures what access control costs a request, in processor time: the check of the host, and the
 * check of the key and its role. The reference is one HMAC-SHA-256 of as many characters.
 *
 *   node bench/price/access.ts [--keys 10000]
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createHostCheck } from '../../plugins/access/callers/hosts.ts'
import { createGate } from '../../src/access/gate.ts'
import { openKeyStore } from '../../src/access/key-store.ts'
import { createKeyring } from '../../src/access/keyring.ts'
import { createKeyHash, createKeys } from '../../src/access/keys.ts'
import { median } from '../harness/statistics.ts'
import { printTable } from '../harness/table.ts'

const CALLS = 50_000
const ROUNDS = 9

const { values } = parseArgs({ options: { keys: { type: 'string', default: '1000' } } })
const folder = mkdtempSync(join(tmpdir(), 'pellucid-access-'))
process.once('exit', () => rmSync(folder, { recursive: true }))
const store = openKeyStore(folder, { isServer: false })
const hash = createKeyHash('s'.repeat(64))
const keys = createKeys({ store, hash, now: Date.now, randomBytes })
const nothing = () => undefined
const { text } = keys.create({ role: 'chat', name: 'measured' }, nothing)
store.exclusively(() => {
  for (let n = 1; n < Number(values.keys); n++)
    store.add({
      id: `k_${n}`,
      application: `k_${n}`,
      name: 'other',
      role: 'chat',
      hash: hash(String(n)),
      createdAt: 0,
      expiresAt: null,
      revokedAt: null,
      ratePerMinute: null,
    })
})
const gate = createGate(createKeyring({ store, hash, machineToken: 'm'.repeat(64), now: Date.now, onFirstUse: nothing }))
const isAllowed = createHostCheck('chat.example.com')
const header = `Bearer ${text}`

const measured = {
  'reference: one HMAC-SHA-256': () => hash(text),
  host: () => isAllowed('chat.example.com:443'),
  'key and role': () => gate.admit(header, ['chat']),
  'no key, on an open route': () => gate.admit(undefined, 'everyone'),
}
const times = new Map(Object.keys(measured).map(name => [name, [] as number[]]))
for (let round = 0; round < ROUNDS; round++)
  for (const [name, run] of Object.entries(measured)) times.get(name)?.push(timeOf(run))
const [reference = Number.NaN] = [...times.values()].map(median)
printTable(
  ['check', 'µs', 'ratio'],
  [...times].map(([name, us]) => [name, median(us).toFixed(2), (median(us) / reference).toFixed(2)]),
)
store.close()

/** Microseconds of processor time of one call. */
function timeOf(run: () => unknown): number {
  const before = process.cpuUsage()
  for (let n = 0; n < CALLS; n++) run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / CALLS
}

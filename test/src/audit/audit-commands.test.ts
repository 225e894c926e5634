import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import t from 'tap'
import { createProcessWorld } from './audit-process-world.ts'

t.test('a command with another or a missing DATA_DIR is refused, writes nothing, and the trail still verifies', async t => {
  const { at, begin, pellucid, records } = createProcessWorld(t)
  begin(at('other-data'), at('other-logs'))
  const before = records()
  const calls = { 'logs --limit 1': 'missing', 'logs prune': 'missing', 'ingest tea.md': 'missing', 'audit show': 'other-data' }
  for (const [command, dataDir] of Object.entries(calls)) {
    const { code, out, err } = pellucid(command, { DATA_DIR: at(dataDir) })
    t.match({ code, out }, { code: 1, out: '' }, command)
    t.match(err, /^AUDIT_TRAIL_MISMATCH: LOG_DIR ".*logs" holds audit trail \w+, but DATA_DIR "/, command)
    t.notOk(existsSync(at('missing')), command)
  }
  t.same(records(), before)
  t.match(pellucid('audit verify'), { code: 0, out: /^OK: 2 records/, err: '' })
})

t.test('a command with a LOG_DIR that has no trail is refused, and writes nothing there', async t => {
  const { at, pellucid, records } = createProcessWorld(t)
  mkdirSync(at('other-logs'))
  const before = records()
  t.match(pellucid('logs', { LOG_DIR: at('other-logs') }), { code: 1, err: /^AUDIT_TRAIL_MISMATCH: .*holds no audit trail/ })
  t.same(readdirSync(at('other-logs')), [])
  t.same(records(), before)
})

t.test('reading logs without a trail creates no trail, and the command reports that it is not recorded', async t => {
  const { at, pellucid } = createProcessWorld(t)
  renameSync(at('logs/audit'), at('audit-away'))
  const { code, out, err } = pellucid('logs --limit 1', { DATA_DIR: at('missing') })
  t.match({ code, out, err }, { code: 0, out: /A line/, err: /^No audit trail in LOG_DIR ".*": this command is not recorded\n$/ })
  t.notOk(existsSync(at('missing')) || existsSync(at('logs/audit')))
})

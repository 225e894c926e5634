import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { type Failure, planErrorMails } from '../../../../src/watch/channels/error-mails.ts'
import { createOutbox, NOTIFICATION_TABLES } from '../../../../src/watch/channels/outbox.ts'

const MINUTE = 60_000
const START = Date.UTC(2026, 0, 1)

/** Plans mails over a database that a test may open again. */
function openWorld(t: Test, path = join(t.testdir(), 'monitoring.sqlite')) {
  const db = new DatabaseSync(path)
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'outbox'").get()) db.exec(NOTIFICATION_TABLES)
  t.teardown(() => db.isOpen && db.close())
  const outbox = createOutbox(db)
  const plan = (failures: readonly Failure[], minute: number, omitted = 0) =>
    planErrorMails(failures, outbox, { now: START + minute * MINUTE, hostname: 'chat-1', omitted })
  return { db, path, plan }
}

function failureOf(minute: number, changes: Partial<Failure> = {}): Failure {
  const at = START + minute * MINUTE
  const line = `line of minute ${minute}`
  const base = { fingerprint: 'f1', message: 'Write failed', module: 'database', count: 1, firstAt: at, lastAt: at }
  return { ...base, first: line, last: line, before: [], ...changes }
}

const count = (mail: ReturnType<typeof planErrorMails>[number] | undefined) =>
  mail?.facts.find(([name]) => name === 'Errors')?.[1]

t.test('each kind is mailed at once, with the lines before it', async t => {
  const { plan } = openWorld(t)
  const mails = plan([failureOf(0, { before: ['earlier'] }), failureOf(0, { fingerprint: 'f2', message: 'Other' })], 0)
  t.match(mails, [{ kind: 'error', title: 'Write failed', lines: ['earlier', 'line of minute 0'] }, { title: 'Other' }])
})

t.test('what follows within an hour is one mail after it, though the error has stopped', async t => {
  const { plan } = openWorld(t)
  t.equal(plan([failureOf(0)], 0).length, 1)
  t.same(plan([failureOf(5, { count: 3 })], 5), [])
  t.same(plan([failureOf(20, { count: 4 })], 20), [])
  t.same(plan([], 59), [])
  const [mail, ...others] = plan([], 60)
  t.same(others, [])
  t.equal(count(mail), '7')
  t.same(mail?.lines, ['First:', 'line of minute 5', '', 'Last, with the lines before it:', 'line of minute 20'])
  t.same(plan([], 61), [], 'once')
  t.same(plan([], 300), [], 'once')
})

t.test('a kind that continues is mailed each hour', async t => {
  const { plan } = openWorld(t)
  const counts: (string | undefined)[] = []
  for (let minute = 0; minute <= 180; minute++) counts.push(...plan([failureOf(minute)], minute).map(count))
  t.same(counts, ['1', '60', '60', '60'])
})

t.test('a restart repeats no mail and forgets no error', async t => {
  const first = openWorld(t)
  first.plan([failureOf(0)], 0)
  first.plan([failureOf(10, { count: 2 })], 10)
  first.db.close()
  const second = openWorld(t, first.path)
  t.same(second.plan([], 30), [])
  t.same(second.plan([failureOf(61)], 61).map(count), ['3'])
})

t.test('kinds that were not seen for a month are forgotten', async t => {
  const { plan, db } = openWorld(t)
  plan([failureOf(0)], 0)
  plan([], 31 * 24 * 60)
  t.equal(db.prepare('SELECT count(*) AS n FROM notification_marks').get()?.n, 0)
})

t.test('many kinds at once share one mail, which also counts errors without a kind', async t => {
  const { plan } = openWorld(t)
  const many = Array.from({ length: 200 }, (_, i) => failureOf(0, { fingerprint: `f${i}`, message: `Kind ${i}` }))
  const mails = plan(many, 0, 9800)
  t.equal(mails.length, 11)
  t.match(mails.at(-1), { kind: 'error', summary: '9990 more errors of more than 190 kinds were logged' })
  t.match(mails.at(-1)?.lines, ['1 × [database] Kind 10'])
  t.equal(mails.at(-1)?.lines?.length, 50)
  t.same(plan(many, 1), [], 'each kind is mailed, in its own mail or in that of all')
  t.equal(plan([], 60).length, 11)
})

t.test('the mail of further kinds has a pause of an hour, too, and forgets none', async t => {
  const first = openWorld(t)
  const kinds = (name: string, minute: number) =>
    Array.from({ length: 12 }, (_, i) => failureOf(minute, { fingerprint: `${name}${i}`, code: 'DISK_FULL' }))
  t.equal(first.plan(kinds('a', 0), 0).length, 11)
  t.same(first.plan([], 1, 100), [], 'errors without a kind')
  t.equal(first.plan(kinds('b', 2), 2).length, 10, 'new kinds are mailed at once, those above ten are held')
  t.same(first.plan([], 3, 50), [])
  first.db.close()
  const second = openWorld(t, first.path)
  t.same(second.plan([], 59), [])
  const [mail, ...others] = second.plan([], 60)
  t.same(others, [])
  t.match(mail, { title: 'Many kinds of errors', summary: '152 more errors of more than 2 kinds were logged' })
  t.same(mail?.lines, ['1 × [database] DISK_FULL Write failed', '1 × [database] DISK_FULL Write failed'])
  t.same(second.plan([], 61), [], 'once')
  t.same(second.plan([], 62, 7), [])
  t.match(second.plan([], 120), [{ summary: '7 more errors were logged' }], 'no kinds, none named')
})

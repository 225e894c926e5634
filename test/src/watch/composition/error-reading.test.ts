import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Notification } from '../../../../src/watch/channels/notification.ts'
import { createOutbox } from '../../../../src/watch/channels/outbox.ts'
import { createErrorReader } from '../../../../src/watch/composition/error-reading.ts'
import { MONITORING_MIGRATIONS } from '../../../../src/watch/composition/watch.ts'
import { openMonitoringDatabase } from '../../../../src/watch/series/monitoring-database.ts'

const MINUTE = 60_000
const START = Date.UTC(2026, 0, 15, 10)

function openReader(t: Test) {
  const logDir = t.testdir({ error: {}, chatbot: {} })
  const { db } = openMonitoringDatabase(join(logDir, 'monitoring.sqlite'), MONITORING_MIGRATIONS)
  t.teardown(() => db.close())
  let clock = START
  const reader = createErrorReader({ logDir, hostname: 'chat-1', outbox: createOutbox(db), now: () => clock })
  const path = join(logDir, 'error', 'error.2026-01-15.1.log')
  const lines: string[] = []
  mkdirSync(join(logDir, 'error'), { recursive: true })
  return {
    /** Writes a line about an error of a user's file. */
    fail(minute: number, file: string, code = 'DATABASE_FULL', more: Readonly<Record<string, string>> = {}) {
      const at = START + minute * MINUTE
      const err = {
        type: 'Error',
        message: `cannot write file ${file} of the base`,
        stack: 'Error\n    at save (/app/src/store.ts:3:4)',
      }
      const record = {
        level: 'ERROR',
        time: new Date(at).toISOString(),
        module: 'database',
        msg: 'Write failed',
        code,
        err,
        ...more,
      }
      lines.push(JSON.stringify(record))
      writeFileSync(path, `${lines.join('\n')}\n`)
      utimesSync(path, at / 1000, at / 1000)
    },
    async mail(minute: number): Promise<readonly Notification[]> {
      clock = START + minute * MINUTE
      const mails: Notification[] = []
      await reader.mailNew(true, mail => mails.push(mail))
      return mails
    },
  }
}

t.test('errors that differ only in what varies are one kind, mailed once with its code', async t => {
  const { fail, mail } = openReader(t)
  t.same(await mail(0), [], 'what was logged before the first start is old')
  fail(1, '/data/a.md')
  fail(1, '/data/b.md')
  const [first, ...others] = await mail(2)
  t.same(others, [])
  t.match(Object.fromEntries(first?.facts ?? []), { Code: 'DATABASE_FULL', Errors: '2', Module: 'database' })
  fail(3, '/data/c.md')
  t.same(await mail(4), [], 'the same kind waits for an hour')
  fail(5, '/data/d.md', 'DATABASE_READ_ONLY')
  t.match(await mail(6), [{ kind: 'error', title: 'Write failed' }], 'another code is another kind')
  const [rest] = await mail(64)
  t.match(Object.fromEntries(rest?.facts ?? []), { Errors: '1' }, 'and what waited is mailed after it')
})

t.test('a line written while the log was read is read the next time', async t => {
  const { fail, mail } = openReader(t)
  await mail(0)
  fail(1, '/data/a.md')
  t.same(await mail(1), [], 'a line may be younger than what is read')
  t.equal((await mail(2)).length, 1)
  t.same(await mail(3), [])
})

t.test('a mail has no texts of users, though the log has them in redacted form', async t => {
  const { fail, mail } = openReader(t)
  await mail(0)
  fail(1, '/data/a.md', 'DATABASE_FULL', { turn_id: 't1', message_text: 'my secret wish', response_text: 'my answer' })
  const text = (await mail(2)).flatMap(({ lines = [] }) => lines).join('\n')
  t.match(text, 'turn_id=t1')
  t.notMatch(text, /secret wish|my answer/)
})

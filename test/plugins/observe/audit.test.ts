import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { openAuditTrail } from '../../../src/audit/audit-trail.ts'
import { describeConfiguration } from '../../../src/audit/configuration-change.ts'
import { runAuditShow, runAuditVerify } from '../../../src/cli/audit.ts'
import { auditCommand } from '../../../src/cli/command-record.ts'
import { loadConfig } from '../../../src/config.ts'
import { recordLastRun } from '../../../src/logging/retention/last-run.ts'
import { isSecretSetting } from '../../../src/settings.ts'
import { type AppWorld, buildAppWorld, TEA } from '../../worlds/app-world.ts'
import { makeFolders, say, startServer } from '../../worlds/server-world.ts'

function readTrail(logDir: string): Record<string, unknown>[] {
  const dir = join(logDir, 'audit')
  return readdirSync(dir)
    .sort()
    .flatMap(file => readFileSync(join(dir, file), 'utf8').split('\n').slice(0, -1))
    .map(line => JSON.parse(line))
}

/** Prepares the audit commands for a server's folders. */
function callCommand(folders: { readonly dataDir: string; readonly logDir: string }) {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const config = loadConfig({ DATA_DIR: folders.dataDir, LOG_DIR: folders.logDir })
  const deps = { config, stdout, stderr: stderr as unknown as NodeJS.WriteStream, now: Date.now, uid: 1000 }
  return { deps, out: () => String(stdout.read() ?? ''), err: () => String(stderr.read() ?? '') }
}

/** Makes the server listen, which completes its start. */
async function listen({ app }: AppWorld): Promise<void> {
  await app.listen({ host: '127.0.0.1', port: 0 })
}

t.test('changed documents and erased content are recorded with the pseudonym of the caller', async t => {
  const world = await buildAppWorld(t)
  await listen(world)
  await world.call('PUT', '/documents/tea.md', TEA)
  await world.call('PUT', '/documents/tea.md', TEA)
  await world.call('DELETE', '/documents/tea.md')
  const { body } = await world.chat('my name is Ada', { user_id: 'ada@example.com' })
  await world.call('PUT', '/documents/letter%20to%20bob%40example.com', TEA)
  await world.chat('/forget', { session_id: body.session_id, user_id: 'ada@example.com' })
  await world.call('DELETE', `/sessions/${body.session_id}`)
  const trail = world.trail()
  const session_id = world.app.pseudonym.session(body.session_id)
  t.match(trail, [
    { seq: 1, event: 'server_started', actor: 'server', version: '0.0.0-test', configuration_sha256: /^[0-9a-f]{64}$/ },
    { event: 'document_stored', actor: 'loopback', document_id: 'tea.md', created: true },
    { event: 'document_stored', created: false },
    { event: 'document_removed', document_id: 'tea.md' },
    { event: 'document_stored', document_id: 'letter to [email]' },
    { event: 'content_erased', actor: world.app.pseudonym('ada@example.com'), session_id, closed: false },
    { event: 'content_erased', session_id, closed: true },
  ])
  // A hash may contain the three letters.
  t.notMatch(JSON.stringify(trail), /\b(ada|Ada)\b/)
})

t.test('a remote caller is recorded with the pseudonym of its address', async t => {
  const world = await buildAppWorld(t)
  const payload = { ...TEA }
  await world.app.inject({ method: 'PUT', url: '/documents/a', payload, remoteAddress: '203.0.113.7' })
  t.match(world.trail().at(-1), { event: 'document_stored', actor: world.app.pseudonym('203.0.113.7') })
})

t.test('a start records the settings that changed, and of a secret only that it changed', async t => {
  const folders = makeFolders(t)
  mkdirSync(folders.dataDir)
  const secrets = ['first secret of sixteen', 'second secret of sixteen']
  for (const [run, secret] of secrets.entries()) {
    const world = await buildAppWorld(t, {
      DATA_DIR: folders.dataDir,
      LOG_DIR: folders.logDir,
      PSEUDONYM_KEY: secret,
      MAX_SESSIONS: String(run + 1),
    })
    await listen(world)
    await world.app.close()
  }
  const events = readTrail(folders.logDir)
  t.same(
    events.map(({ event }) => event),
    ['server_started', 'server_stopped', 'server_started', 'configuration_changed', 'server_stopped'],
  )
  const { changed } = events[3] as { changed: Record<string, unknown> }
  t.match(changed, { MAX_SESSIONS: { from: 1, to: 2 }, PSEUDONYM_KEY: { from: /^u_/, to: /^u_/ } })
  t.same(Object.keys(changed), ['MAX_SESSIONS', 'PSEUDONYM_KEY'])
  t.notMatch(JSON.stringify(events), 'secret of sixteen')
})

t.test('a trail whose beginning retention deleted records that, and verifies', async t => {
  const folders = makeFolders(t)
  mkdirSync(folders.dataDir)
  const eightYearsAgo = Date.now() - 8 * 366 * 86_400_000
  const trail = openAuditTrail({ ...folders, writer: 'server', now: () => eightYearsAgo })
  for (let n = 0; n < 3; n++) trail.append({ event: 'logs_read', actor: 'command:0', time: eightYearsAgo })
  trail.close()
  const dir = join(folders.logDir, 'audit')
  for (const file of readdirSync(dir)) utimesSync(join(dir, file), eightYearsAgo / 1000, eightYearsAgo / 1000)
  const again = openAuditTrail({ ...folders, writer: 'server', now: Date.now })
  again.append({ event: 'logs_read', actor: 'command:0', time: Date.now() })
  again.close()
  recordLastRun(folders.logDir, Date.now())
  const world = await buildAppWorld(t, { DATA_DIR: folders.dataDir, LOG_DIR: folders.logDir })
  await listen(world)
  while (!world.trail().some(({ event }) => event === 'retention_run')) await new Promise(resolve => setImmediate(resolve))
  await world.app.close()
  t.match(world.trail(), [
    { seq: 4, event: 'logs_read' },
    { seq: 5, event: 'server_started' },
    { seq: 6, event: 'trail_shortened', audit_files: [/^audit.audit\./], audit_from_seq: 4 },
    { seq: 7, event: 'retention_run', deleted: 1 },
    { seq: 8, event: 'server_stopped' },
  ])
  const { deps } = callCommand(folders)
  t.equal(await runAuditVerify({ json: false }, deps), 0)
})

t.test(
  'if the trail cannot be written, the server reports it, refuses actions that require a record, and keeps other records',
  async t => {
    const world = await buildAppWorld(t)
    await listen(world)
    t.equal((await world.call('PUT', '/documents/coffee.md', TEA)).status, 201)
    const dir = join(world.dataDir, 'logs', 'audit')
    renameSync(dir, `${dir}.away`)
    writeFileSync(dir, 'no folder')
    t.equal((await world.call('PUT', '/documents/tea.md', TEA)).status, 201)
    t.match(await world.call('PUT', '/admin/log-level', { level: 'DEBUG', minutes: 5 }, world.asAdmin), {
      status: 503,
      body: { code: 'AUDIT_UNAVAILABLE' },
    })
    t.match((await world.call('GET', '/admin/log-level', undefined, world.asAdmin)).body, { overrides: [] })
    t.match(await world.call('GET', '/health/ready'), {
      status: 200,
      body: { checks: { audit: { ok: false, detail: /ENOTDIR/ } } },
    })
    t.match(
      world.lines.find(({ module }) => module === 'audit'),
      { level: 60, event: 'document_stored' },
    )
    rmSync(dir)
    renameSync(`${dir}.away`, dir)
    await world.call('DELETE', '/documents/tea.md')
    await world.app.close()
    t.match(world.trail(), [
      { event: 'server_started' },
      { event: 'document_stored' },
      { event: 'document_stored' },
      { event: 'document_removed' },
      { event: 'server_stopped' },
    ])
  },
)

t.test('a lock held by another process delays only the requests that are recorded, and these briefly', async t => {
  const world = await buildAppWorld(t)
  const other = new DatabaseSync(join(world.dataDir, 'audit-head.sqlite'))
  other.exec('BEGIN IMMEDIATE')
  const puts = Promise.all(Array.from({ length: 20 }, (_, n) => world.call('PUT', `/documents/${n}`, TEA)))
  t.equal((await world.chat('hello')).status, 200)
  for (const { status } of await puts) t.equal(status, 201)
  other.close()
  await world.app.close()
  t.equal(world.trail().filter(({ event }) => event === 'document_stored').length, 20)
})

t.test('audit verify and audit show without a trail fail with a message and create nothing', async t => {
  const folders = makeFolders(t)
  const { deps, out, err } = callCommand(folders)
  for (const run of [runAuditVerify, runAuditShow]) {
    t.equal(await run({ json: false }, deps), 1)
    t.equal(out(), '')
    t.equal(err(), `No audit trail in LOG_DIR "${folders.logDir}"\n`)
  }
  t.notOk(existsSync(folders.dataDir) || existsSync(folders.logDir))
})

t.test('commands and a running server write to the same chain', async t => {
  const { address, dataDir, logDir, stop } = await startServer(t)
  const { deps, out, err } = callCommand({ dataDir, logDir })
  await Promise.all([
    ...Array.from({ length: 10 }, (_, n) =>
      fetch(`${address}/documents/${n}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(TEA),
      }),
    ),
    ...Array.from({ length: 10 }, async () => auditCommand('logs_read', { level: 'ERROR' }, deps)),
  ])
  await say(address, '/forget')
  t.equal(await runAuditVerify({ json: false }, deps), 0)
  t.match(out(), /^OK: \d+ records from .* to .*; the last is \d+, its hash [0-9a-f]{64}\n$/)
  t.equal(await stop(), 0)
  t.match(readTrail(logDir).at(-1), { event: 'server_stopped' })
  t.equal(await runAuditVerify({ json: true }, deps), 0)
  t.match(JSON.parse(out()), { ok: true, records: readTrail(logDir).length })
  t.equal(err(), '')
})

t.test('audit verify reports a changed record and fails; audit show prints the selected records and is recorded', async t => {
  const folders = makeFolders(t)
  const { deps, out, err } = callCommand(folders)
  for (let n = 0; n < 3; n++) auditCommand('logs_read', { module: 'u_\u202e\u001b[31m' }, deps)
  await runAuditShow({ json: false, event: 'logs_read' }, deps)
  t.match(out(), /^(\S+ \[INFO\] \[audit\] \[logs_read\] The log was read by a command\. seq=\d actor=command:1000 [ -~]*\n){3}$/)
  await runAuditShow({ json: false, until: new Date(0) }, deps)
  t.equal(out(), '')
  t.match(readTrail(folders.logDir).at(-1), { event: 'audit_read', actor: 'command:1000', command: 'show' })

  const dir = join(folders.logDir, 'audit')
  const [file = ''] = readdirSync(dir)
  writeFileSync(join(dir, file), readFileSync(join(dir, file), 'utf8').replace('"seq":2,', '"seq":7,'))
  t.equal(await runAuditVerify({ json: false }, deps), 1)
  t.match(out(), new RegExp(`^BROKEN: ${file}:2: record 2 changed`))
  t.equal(err(), '')
})

t.test("a fact does not replace the level or module of its line in 'audit show'", async t => {
  const folders = makeFolders(t)
  const { deps, out } = callCommand(folders)
  auditCommand('logs_read', { level: 'ERROR', module: 'search' }, deps)
  await runAuditShow({ json: false, event: 'logs_read' }, deps)
  t.match(
    out(),
    /^\S+ \[INFO\] \[audit\] \[logs_read\] The log was read by a command\. seq=1 actor=command:1000 level=ERROR module=search\n$/,
  )
})

t.test('a command whose record cannot be written warns and continues; audit verify fails', async t => {
  const folders = makeFolders(t)
  mkdirSync(folders.logDir, { recursive: true })
  writeFileSync(join(folders.logDir, 'audit'), 'no folder')
  const { deps, err } = callCommand(folders)
  t.equal(auditCommand('logs_read', {}, deps), undefined)
  t.match(err(), /^This command is not recorded: the audit trail cannot be written: E/)
  t.equal(await runAuditVerify({ json: false }, deps), 1)
  await once(deps.stdout.end(), 'finish')
})

t.test('secrets are known by the names of their settings', async t => {
  const config = { sentryDsn: 'a', applicationinsightsConnectionString: 'b', webhookSlackToken: 'c', maxConnections: 5 }
  t.same(describeConfiguration(config, { isSecret: isSecretSetting, conceal: () => 'concealed' }), {
    APPLICATIONINSIGHTS_CONNECTION_STRING: 'concealed',
    MAX_CONNECTIONS: 5,
    SENTRY_DSN: 'concealed',
    WEBHOOK_SLACK_TOKEN: 'concealed',
  })
})

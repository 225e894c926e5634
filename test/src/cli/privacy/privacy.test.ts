import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import t from 'tap'
import { cleanEnvironment, makeFolders, nameSession, type ServerWorld, say, startServer } from '../../../worlds/server-world.ts'
import { until } from '../../../worlds/until.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const run = promisify(execFile)

type Folders = Pick<ServerWorld, 'dataDir' | 'logDir'>

async function pellucid({ dataDir, logDir, ...settings }: Folders, ...args: string[]) {
  const env = { ...cleanEnvironment(), DATA_DIR: dataDir, LOG_DIR: logDir, ...settings }
  const result = run(process.execPath, ['src/cli/pellucid.js', ...args], { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 })
  return result.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  )
}

/** Names of the files of a server that contain a text. */
function filesWith({ dataDir, logDir }: ServerWorld, text: string): readonly string[] {
  return [dataDir, logDir]
    .flatMap(dir => readdirSync(dir, { recursive: true, withFileTypes: true }))
    .filter(file => file.isFile() && readFileSync(join(file.parentPath, file.name)).includes(text))
    .map(({ name }) => name)
}

/** Two sessions of a user, with feedback and an idempotency key. */
async function converse({ address }: ServerWorld, user_id: string, word: string) {
  const first = (await say(address, `Where is the parcel ${word}1?`, { user_id }, { 'idempotency-key': `${word} key` })).body
  await say(address, `/search the parcel ${word}2`, { user_id, session_id: first.session_id })
  const second = (await say(address, `Send ${word}3 again`, { user_id })).body
  await fetch(`${address}/turns/${second.turn_id}/feedback`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ correct: false, comment: `not ${word}4` }),
  })
  return [first.session_id, second.session_id] as const
}

t.test('a user is exported and erased beside a running server, and others are not touched', async t => {
  const server = await startServer(t)
  const sessions = await converse(server, 'ada', 'quokka')
  await converse(server, 'bob', 'wombat')
  await until(() => filesWith(server, 'wombat3').some(name => name.startsWith('info')))

  const exported = await pellucid(server, 'privacy', 'export', '--user', 'ada', '--json')
  t.equal(exported.code, 0, exported.stderr)
  t.match(JSON.parse(exported.stdout), {
    receipt: { of_users: [/^u_/], sessions: 2, turns: 3, audit: { seq: Number, hash: /^[0-9a-f]{64}$/ } },
    sessions: [{ session: /^s_/, turns: [{ message: String }] }, { session: /^s_/ }],
  })
  for (const text of [1, 2, 3, 4].map(n => `quokka${n}`)) t.ok(exported.stdout.includes(text), text)
  for (const text of ['wombat', ...sessions]) t.notOk(exported.stdout.includes(text), text)
  t.ok(JSON.parse(exported.stdout).log.some((line: { msg: string }) => line.msg === 'Bot response sent'))

  // Lines of this message may still be in the server.
  await say(server.address, 'One more about quokka5', { session_id: sessions[0] })
  const erased = await pellucid(server, 'privacy', 'erase', '--user', 'ada', '--json')
  t.equal(erased.code, 0, erased.stderr)
  const receipt = JSON.parse(erased.stdout)
  t.match(receipt, { sessions: 2, turns: 4, feedback: 1, idempotency_records: 1, complete: true })
  t.ok(receipt.log_lines > 0 && receipt.log_files > 0)
  t.same(filesWith(server, 'quokka'), [])
  t.ok(filesWith(server, 'wombat1').length >= 2, 'the other user keeps database and log')
  for (const session_id of sessions) t.equal((await say(server.address, 'hello', { session_id })).status, 404)

  t.match(await pellucid(server, 'audit', 'verify'), { code: 0, stdout: /^OK/ })
  const records = (await pellucid(server, 'audit', 'show', '--json')).stdout
    .split('\n')
    .filter(Boolean)
    .map((line: string) => JSON.parse(line))
  t.match(
    records.find(({ seq }: { seq: number }) => seq === receipt.audit.seq),
    { event: 'user_erased', hash: receipt.audit.hash, turns: 4 },
  )
  const again = await pellucid(server, 'privacy', 'erase', '--user', 'ada')
  t.match(again, { code: 0, stdout: /0 sessions, 0 turns[\s\S]*text of 0 lines in 0 files[\s\S]*record \d+, hash/ })
})

t.test('with another key of pseudonyms nothing is reported as erased', async t => {
  const own = { PSEUDONYM_KEY: 'a key of sixteen characters' }
  const other = { PSEUDONYM_KEY: 'another key of 16 chars' }
  const server = await startServer(t, own)
  await converse(server, 'ada', 'numbat')
  await until(() => filesWith(server, 'numbat3').some(name => name.startsWith('info')))
  const folders = { dataDir: server.dataDir, logDir: server.logDir }
  for (const command of ['export', 'erase'])
    t.match(await pellucid({ ...folders, ...other }, 'privacy', command, '--user', 'ada'), {
      code: 1,
      stdout: '',
      stderr: /PSEUDONYM_KEY: no server used this key/,
    })
  await server.stop()
  const later = await startServer(t, other, folders)
  t.match(await pellucid({ ...folders, ...own }, 'privacy', 'erase', '--user', 'ada'), {
    code: 0,
    stdout: /2 sessions, 3 turns/,
    stderr: /stored under another PSEUDONYM_KEY \(1\) is not included/,
  })
  t.same(filesWith(later, 'numbat'), [])
})

t.test('a user id is exported and erased for every application that used it', async t => {
  const folders = makeFolders(t)
  const create = async () =>
    JSON.parse((await pellucid(folders, 'keys', 'create', '--role', 'chat', '--name', 'app', '--json')).stdout) as { key: string }
  const keys = [await create(), await create()]
  const server = await startServer(t, { ACCESS: 'keys' }, folders)
  for (const [i, { key }] of keys.entries()) {
    const headers = { authorization: `Bearer ${key}` }
    t.equal((await say(server.address, `Where is quokka${i}?`, { user_id: 'ada' }, headers)).status, 200)
  }
  const exported = await pellucid(server, 'privacy', 'export', '--user', 'ada', '--json')
  t.match(JSON.parse(exported.stdout), { receipt: { sessions: 2, turns: 2 } }, exported.stderr)
  t.match(await pellucid(server, 'privacy', 'erase', '--user', 'ada'), { code: 0, stdout: /2 sessions, 2 turns/ })
  t.same(filesWith(server, 'quokka'), [])
})

t.test('a user is erased while no server runs', async t => {
  const server = await startServer(t)
  await converse(server, 'ada', 'quokka')
  const opened = await fetch(`${server.address}/sessions`, { method: 'POST' })
  const { session_id } = (await opened.json()) as { session_id: string }
  await say(server.address, 'Where is quokka5?', { session_id, user_id: 'ada' })
  t.equal((await say(server.address, 'hello', { session_id, user_id: 'bob' })).status, 404, 'it is a session of ada now')
  await server.stop()
  t.match(await pellucid(server, 'privacy', 'erase', '--user', 'ada'), { code: 0, stdout: /3 sessions, 4 turns, 1 judgements/ })
  t.same(filesWith(server, 'quokka'), [])
  rmSync(join(server.logDir, 'info'), { recursive: true })
  writeFileSync(join(server.logDir, 'info'), '')
  const unlisted = await pellucid(server, 'privacy', 'erase', '--user', 'bob')
  t.match(unlisted, { code: 1, stderr: /Not erased yet: .*ENOTDIR/, stdout: /record \d+, hash/ }, 'what was erased is recorded')
  const empty = await pellucid({ dataDir: t.testdir(), logDir: t.testdir() }, 'privacy', 'erase', '--user', 'ada')
  t.match(empty, { code: 1, stderr: /CONFIGURATION_INVALID: DATA_DIR is not complete/ })
})

t.test('deleting a session and /forget reach the text in the log', async t => {
  const server = await startServer(t)
  const [first, second] = await converse(server, 'ada', 'quokka')
  await say(server.address, '/forget', { session_id: first })
  t.match((await fetch(`${server.address}/sessions/${second}`, { method: 'DELETE' })).status, /^20[24]$/)
  await until(() => filesWith(server, 'quokka').length === 0)
  const lines = server.logLines().filter(({ session_id }) => session_id === nameSession(server, second))
  t.match(
    lines.find(({ msg }) => msg === 'User message received'),
    { message_text: '[erased]', message_chars: 18 },
  )
})

t.test('the server erases the text of old turns, and the command does the same', async t => {
  const first = await startServer(t)
  await converse(first, 'ada', 'quokka')
  await first.stop()
  const { dataDir, logDir } = first
  const old = new DatabaseSync(join(dataDir, 'pellucid.sqlite'))
  old.exec('UPDATE turns SET created_at = created_at - 3 * 86400000')
  old.close()
  const folders = { dataDir, logDir }
  const prune = (...args: string[]) => pellucid({ ...folders, TURN_RETENTION_DAYS: '2' } as Folders, 'privacy', 'prune', ...args)
  t.match(await pellucid(folders, 'privacy', 'prune'), { code: 1, stderr: /Set TURN_RETENTION_DAYS or FACT_RETENTION_DAYS/ })
  t.match(await prune('--dry-run'), { code: 0, stdout: 'would be erased: the text of 3 turns, deleted: 0 turns\n' })
  const second = await startServer(t, { TURN_RETENTION_DAYS: '2' }, folders)
  const pruned = () => second.logLines().find(({ msg }) => msg === 'Old turns erased and deleted')
  await until(() => pruned() !== undefined)
  t.match(pruned(), { texts: 3, turns: 0 })
  t.match(await prune(), { code: 0, stdout: 'erased: the text of 0 turns, deleted: 0 turns\n' })
  t.match((await pellucid(folders, 'audit', 'show', '--event', 'turns_pruned')).stdout, /actor=server texts=3 turns=0\n$/)
})

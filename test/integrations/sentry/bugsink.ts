import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../../../bench/harness/network.ts'
import { until } from '../../worlds/until.ts'

export interface Bugsink {
  readonly dsn: string
  /** Asks the API for a list, such as `issues/?project=1`. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what a test asserts
  list(path: string): Promise<readonly any[]>
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what a test asserts
  get(path: string): Promise<any>
}

const PROJECT = `
from bsmain.models import AuthToken
from projects.models import Project
from teams.models import Team
team = Team.objects.create(name="chat")
print(Project.objects.create(name="chat", team=team).dsn)
print(AuthToken.objects.create(issues_read=True, events_read=True).token)
`

/** Starts a real Bugsink with one project, in a folder that is removed after the test. */
export async function startBugsink(t: { teardown(end: () => unknown): void }): Promise<Bugsink> {
  const python = process.env.SENTRY_PYTHON ?? ''
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-bugsink-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  const [port = 0] = await freePorts(1)
  const environment = { PATH: process.env.PATH, HOME: folder, DJANGO_SETTINGS_MODULE: 'bugsink_conf', PYTHONPATH: '.' }
  const options = { cwd: folder, env: environment, encoding: 'utf8' } as const
  const run = (script: string, ...args: string[]) =>
    execFileSync(python, ['-c', `from bugsink.scripts.${script} import main; main()`, ...args], options)
  run('create_conf', '--template=local', '--host=127.0.0.1', `--port=${port}`)
  const settings = join(folder, 'bugsink_conf.py')
  // It would report to its makers.
  writeFileSync(settings, readFileSync(settings, 'utf8').replace('BUGSINK = {', 'BUGSINK = {\n    "PHONEHOME": False,'))
  run('manage', 'migrate')
  run('manage', 'migrate', '--database=snappea')
  const [dsn = '', token = ''] = run('manage', 'shell', '-c', PROJECT).trim().split('\n').slice(-2)

  const server = ['gunicorn', '--bind', `127.0.0.1:${port}`, '--workers', '1', '--threads', '2', 'bugsink.wsgi']
  const child = spawn(python, ['-m', ...server], { cwd: folder, env: environment, stdio: 'ignore' })
  const exited = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGTERM')
    await exited
  })
  const get: Bugsink['get'] = async path => {
    const reply = await fetch(`http://127.0.0.1:${port}/api/canonical/0/${path}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`)
    return reply.json()
  }
  await until(() =>
    get('issues/?project=1').then(Boolean, error => {
      // A reply is no reason to wait, and neither is a server that has ended.
      if (child.exitCode !== null || !(error instanceof TypeError)) throw error
      return false
    }),
  )
  return { dsn, get, list: async path => (await get(path)).results }
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { cleanEnvironment } from '../../worlds/server-world.ts'
import { dataOf } from './arrived.ts'
import { startIngestion } from './ingestion.ts'

const ROOT = join(import.meta.dirname, '../../..')
const PARTS = [
  'src',
  'otel',
  'plugins',
  'texts',
  'docs',
  'package.json',
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
]

t.test('without its package a server with the variable names it, and without the variable it starts', async t => {
  const { environment } = await startIngestion(t)
  const folder = installWithout(t)
  const refused = await run(folder, environment)
  t.equal(refused.code, 1)
  t.match(refused.output, 'CONFIGURATION_INVALID: APPLICATIONINSIGHTS_CONNECTION_STRING: the package')
  t.match(refused.output, 'npm install --no-save --save-prod --omit=dev @azure/monitor-opentelemetry-exporter@1.0.0-beta.47')
  const started = await run(folder, { ...environment, APPLICATIONINSIGHTS_CONNECTION_STRING: '' })
  t.equal(started.code, 0)
  t.notOk(started.threads.includes('azure-monitor'), 'it has no thread for Azure')
})

t.test('with the package in a folder above, as in an image, it sends', async t => {
  const ingestion = await startIngestion(t)
  const folder = installWithout(t)
  symlinkSync(process.env.AZURE_MODULES ?? '', join(folder, '../node_modules'))
  const { code, threads } = await run(folder, ingestion.environment)
  t.equal(code, 0)
  t.ok(threads.includes('azure-monitor'))
  t.same(
    dataOf(ingestion, 'EventData').map(({ name }) => name),
    ['Chatbot Initialized'],
  )
  t.same(ingestion.problems, [])
})

/** Copies the server to a folder that has its packages, but not those of Azure. */
function installWithout(t: { teardown(end: () => unknown): void }): string {
  const above = mkdtempSync(join(tmpdir(), 'pellucid-package-'))
  t.teardown(() => rmSync(above, { recursive: true, force: true }))
  const folder = join(above, 'app')
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true })
  mkdirSync(join(folder, 'node_modules'))
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter(name => !['@azure', '.cache'].includes(name)))
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
  return folder
}

/** Runs the server until it listens, and stops it. */
async function run(folder: string, environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--import', './otel/register.ts', 'src/server.ts'], {
    cwd: folder,
    env: { ...cleanEnvironment(), PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  let threads: readonly string[] = []
  child.stdout.on('data', (data: Buffer) => {
    if (!data.includes('Chatbot Initialized')) return
    const tasks = `/proc/${child.pid}/task`
    threads = readdirSync(tasks).map(task => readFileSync(join(tasks, task, 'comm'), 'utf8').trim())
    child.kill('SIGTERM')
  })
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exited])
  return { code, threads, output: output + errors }
}

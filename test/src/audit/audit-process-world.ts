import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { cleanEnvironment } from '../../worlds/server-world.ts'

const ROOT = join(import.meta.dirname, '../../..')
const BIN = join(ROOT, 'src/cli/pellucid.js')
const SERVER = ['--import', './otel/register.ts', 'src/server.ts']

/** A trail in `data` and `logs`, begun by a command, and the processes to call on it. */
export function createProcessWorld(t: Test) {
  const cwd = t.testdir({ 'tea.md': '# Tea\n\nTea is brewed at 75 degrees.\n' })
  const at = (folder: string) => join(cwd, folder)
  const folders = (environment: Record<string, string>) => ({ DATA_DIR: at('data'), LOG_DIR: at('logs'), ...environment })
  const run = (argv: readonly string[], dir: string, environment: Record<string, string>) => {
    const options = {
      cwd: dir,
      env: { ...cleanEnvironment(), ...folders(environment) },
      encoding: 'utf8',
      timeout: 20_000,
      killSignal: 'SIGKILL',
    } as const
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, options)
    return { code: status, out: stdout, err: stderr }
  }
  const pellucid = (args: string, environment: Record<string, string> = {}) => run([BIN, ...args.split(' ')], cwd, environment)
  const serve = (environment: Record<string, string> = {}) => run(SERVER, ROOT, { PORT: '0', ...environment })
  const records = (): Record<string, unknown>[] =>
    readdirSync(at('logs/audit'))
      .sort()
      .flatMap(file =>
        readFileSync(at(`logs/audit/${file}`), 'utf8')
          .split('\n')
          .slice(0, -1),
      )
      .map(line => JSON.parse(line))
  pellucid('ingest tea.md')
  // What the commands find to read.
  mkdirSync(at('logs/chatbot'))
  writeFileSync(
    at('logs/chatbot/chatbot.2026-01-15.1.log'),
    '{"level":"INFO","time":"2026-01-15T10:00:00.000Z","msg":"A line"}\n',
  )
  return { at, pellucid, serve, records }
}

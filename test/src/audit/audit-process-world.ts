import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { openAuditTrail } from '../../../src/audit/audit-trail.ts'
import { cleanEnvironment } from '../../worlds/server-world.ts'

const ROOT = join(import.meta.dirname, '../../..')
const BIN = join(ROOT, 'src/cli/pellucid.js')
const SERVER = ['--import', './otel/register.ts', 'src/server.ts']

/** Creates a trail in `data` and `logs`, a log, and functions that start processes on them. */
export function createProcessWorld(t: Test) {
  const cwd = t.testdir({ 'tea.md': '# Tea\n\nTea is brewed at 75 degrees.\n' })
  const at = (folder: string) => join(cwd, folder)
  const folders = (environment: Record<string, string>) => ({ DATA_DIR: at('data'), LOG_DIR: at('logs'), ...environment })
  const run = (argv: readonly string[], dir: string, environment: Record<string, string>) => {
    const options = {
      cwd: dir,
      env: { ...cleanEnvironment(), ...folders(environment) },
      encoding: 'utf8',
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
  begin(at('data'), at('logs'))
  mkdirSync(at('logs/chatbot'))
  writeFileSync(
    at('logs/chatbot/chatbot.2026-01-15.1.log'),
    '{"level":"INFO","time":"2026-01-15T10:00:00.000Z","msg":"A line"}\n',
  )
  return { at, begin, pellucid, serve, records }
}

/** Starts a trail, with one record. */
function begin(dataDir: string, logDir: string): void {
  const trail = openAuditTrail({ dataDir, logDir, writer: 'command', now: Date.now })
  trail.append({ event: 'documents_ingested', actor: 'command:0', time: Date.now() })
  trail.close()
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const CONFIGURATION = readFileSync(join(import.meta.dirname, '../../../otel/elk/rsyslog.conf'), 'utf8')

export interface Rsyslog {
  /** Starts it, with a password for the user `elastic` if there is one. */
  readonly start: (password?: string) => void
  /** Sends a signal and resolves when the process has ended. */
  readonly stop: (signal: NodeJS.Signals) => Promise<void>
  /** Removes its queue and read positions, as an operator does to send everything again. */
  readonly forget: () => void
  /** What it says about itself, since it last forgot. */
  readonly output: () => string
}

/** A real rsyslog with otel/elk/rsyslog.conf, whose queue and read positions survive its end. */
export function createRsyslog(t: { teardown(end: () => unknown): void }, url: string, logDir: string): Rsyslog {
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-rsyslog-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const work = join(folder, 'work')
  mkdirSync(work)
  const file = join(folder, 'rsyslog.conf')
  writeFileSync(file, CONFIGURATION.replaceAll('/path/to/chatbot/logs', join(logDir, 'chatbot')))
  let stop = async (_signal: NodeJS.Signals) => {}
  t.teardown(() => stop('SIGKILL'))
  return {
    start(password = '') {
      const child = spawn('rsyslogd', ['-n', '-iNONE', '-f', file], {
        env: {
          PATH: process.env.PATH,
          RSYSLOG_DIR: work,
          ELASTICSEARCH_URL: url,
          ELASTICSEARCH_USER: password === '' ? '' : 'elastic',
          ELASTICSEARCH_PASSWORD: password,
        },
        stdio: 'ignore',
      })
      const exited = once(child, 'exit')
      stop = async signal => {
        child.kill(signal)
        await exited
      }
    },
    stop: signal => stop(signal),
    forget() {
      rmSync(work, { recursive: true })
      mkdirSync(work)
    },
    output: () => (existsSync(join(work, 'rsyslog.log')) ? readFileSync(join(work, 'rsyslog.log'), 'utf8') : ''),
  }
}

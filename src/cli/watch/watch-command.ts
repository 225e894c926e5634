import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseDuration } from '../../logging/reading/time-argument.ts'
import type { AuditCommandDeps } from '../audit.ts'

export interface WatchOptions {
  readonly interval: number
  readonly after: number
  readonly once: boolean
}

const SECOND_MS = 1000
const DEFAULT_INTERVAL_MS = 15 * SECOND_MS
const DEFAULT_AFTER_MS = 60 * SECOND_MS

/** Adds `pellucid watch`. `finish` gets the exit code. */
export function addWatchCommand(program: Command, deps: () => AuditCommandDeps, finish: (exitCode: number) => void): void {
  program
    .command('watch')
    .description('watch a server from another process, and notify when it does not answer')
    .argument('<url>', 'address of the server, such as http://127.0.0.1:8000', readAddress)
    .addOption(
      new Option('--interval <duration>', 'how often to ask').argParser(readDuration).default(DEFAULT_INTERVAL_MS, '15s'),
    )
    .addOption(
      new Option('--after <duration>', 'how long it must fail before a notification')
        .argParser(readDuration)
        .default(DEFAULT_AFTER_MS, '1m'),
    )
    .option('--once', 'ask once; exit with 0 if the server is ready, otherwise with 1', false)
    .action(async (url: string, options: WatchOptions) => {
      const { runWatch } = await import('./watch.ts')
      finish(await runWatch(url, options, deps()))
    })
}

function readDuration(text: string): number {
  const duration = parseDuration(text)
  if (duration === undefined || duration < SECOND_MS)
    throw new InvalidArgumentError('Use a duration of at least 1s, such as 15s or 1m.')
  return duration
}

function readAddress(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text.replace(/\/$/, '')
  throw new InvalidArgumentError('Use an address such as http://127.0.0.1:8000.')
}

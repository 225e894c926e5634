import { type Command, InvalidArgumentError } from 'commander'
import type { Config } from '../../config.ts'
import { parseDuration } from '../../logging/reading/time-argument.ts'
import type { AuditCommandDeps } from '../audit.ts'

/** Dependencies of `pellucid emf`. */
export interface EmfDeps extends AuditCommandDeps {
  readonly config: Pick<Config, 'dataDir' | 'logDir' | 'logTimezone' | 'host' | 'port'>
}

export interface EmfOptions {
  /** Milliseconds between two records. */
  readonly interval: number
  /** How many records are printed; infinite by default. */
  readonly count: number
}

const SECOND_MS = 1000
const DEFAULT_INTERVAL_MS = 60 * SECOND_MS

/** Adds `pellucid emf`. `finish` gets the exit code. */
export function addEmfCommand(program: Command, deps: () => EmfDeps, finish: (exitCode: number) => void): void {
  program
    .command('emf')
    .description('print metrics of the running server for CloudWatch, in its embedded metric format')
    .argument('[url]', 'address of the server; by default that of the server that uses DATA_DIR', readAddress)
    .option('--interval <duration>', 'time between two records', readDuration, DEFAULT_INTERVAL_MS)
    .option('--count <number>', 'end after this many records', readCount, Number.POSITIVE_INFINITY)
    .action(async (url: string | undefined, options: EmfOptions) => {
      const { runEmf } = await import('./emf.ts')
      finish(await runEmf(url, options, deps()))
    })
}

function readDuration(text: string): number {
  const duration = parseDuration(text)
  if (duration === undefined || duration < SECOND_MS) throw new InvalidArgumentError('Use a duration of at least 1s, such as 1m.')
  return duration
}

function readCount(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Use a number from 1 to 9999999.')
}

function readAddress(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text.replace(/\/$/, '')
  throw new InvalidArgumentError('Use an address such as http://127.0.0.1:8000.')
}

import { type Command, InvalidArgumentError, Option } from 'commander'
import { ROLES, type Role } from '../../access/roles.ts'
import { parseDuration } from '../../logging/reading/time-argument.ts'
import type { AuditCommandDeps } from '../audit.ts'

export interface CreateOptions {
  readonly role: Role
  readonly name: string
  readonly expires?: number
  readonly rate?: number
  readonly json: boolean
}

const MAX_RATE = 1_000_000
const DEFAULT_OVERLAP = '1d'

/** Adds `pellucid keys`. `finish` gets the exit code. */
export function addKeysCommand(program: Command, auditDeps: () => AuditCommandDeps, finish: (exitCode: number) => void): void {
  const keys = program.command('keys').description('create, list, replace and revoke access keys; the server may be running')
  const json = (description: string) => new Option('--json', description).default(false)
  keys
    .command('create')
    .description('create a key and print it, once: only its hash is stored')
    .addOption(new Option('--role <role>', 'what the key may be used for').choices(ROLES).makeOptionMandatory())
    .requiredOption('--name <name>', 'the application or person that gets the key', readName)
    .option('--expires <duration>', 'how long the key is valid: 12h, 90d; without it, until it is revoked', readDuration)
    .option('--rate <n>', 'requests a minute, instead of RATE_LIMIT_PER_MINUTE', readRate)
    .addOption(json('print {"id", "key"}'))
    .action(async (options: CreateOptions) => {
      const { runKeysCreate } = await import('./keys.ts')
      finish(runKeysCreate(options, auditDeps()))
    })
  keys
    .command('list')
    .description('print the keys, without their text')
    .addOption(json('print JSON lines'))
    .action(async (options: { json: boolean }) => {
      const { runKeysList } = await import('./keys.ts')
      finish(runKeysList(options, auditDeps()))
    })
  keys
    .command('rotate')
    .description('create a key that replaces another, and print it; both are valid for a while')
    .argument('<id>', 'id of the old key')
    .option('--overlap <duration>', 'how long the old key stays valid', readDuration, parseDuration(DEFAULT_OVERLAP))
    .addOption(json('print {"id", "key"}'))
    .action(async (id: string, options: { overlap: number; json: boolean }) => {
      const { runKeysRotate } = await import('./keys.ts')
      finish(runKeysRotate(id, options, auditDeps()))
    })
  keys
    .command('revoke')
    .description('make a key invalid; running servers follow within a second')
    .argument('<id>', 'id of the key')
    .addOption(json('print {"id"}'))
    .action(async (id: string, options: { json: boolean }) => {
      const { runKeysRevoke } = await import('./keys.ts')
      finish(runKeysRevoke(id, options, auditDeps()))
    })
}

function readName(text: string): string {
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u.test(text))
    throw new InvalidArgumentError('Use up to 64 letters, digits, spaces, dots, hyphens or underscores.')
  return text
}

function readDuration(text: string): number {
  const duration = parseDuration(text)
  if (duration === undefined || duration === 0) throw new InvalidArgumentError('Use a duration such as 12h, 90d or 52w.')
  return duration
}

function readRate(text: string): number {
  const rate = Number(text)
  if (!Number.isInteger(rate) || rate < 1 || rate > MAX_RATE)
    throw new InvalidArgumentError(`Use an integer from 1 to ${MAX_RATE}.`)
  return rate
}

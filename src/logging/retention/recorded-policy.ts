import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { type Static, Type } from '../../base/json-schema.ts'
import { ChatError, errnoOf, messageOf } from '../../errors.ts'
import { makeLogDirectory } from '../writing/log-directory.ts'
import { replaceJsonFile } from './replace-file.ts'
import type { RetentionPolicy } from './retention-policy.ts'

/**
 * The policy that a server applies to a log directory, and the time zone whose days its file names
 * use.
 */
export interface RecordedPolicy {
  readonly policy: RetentionPolicy
  /** IANA name. */
  readonly timeZone: string
}

/**
 * Name of the file in the log directory. It matches no log file name, so readers and retention skip
 * it.
 */
export const POLICY_FILE = 'retention-policy.json'

const VERSION = 1
const days = Type.Integer({ minimum: 1 })

const SCHEMA = Type.Object({
  version: Type.Literal(VERSION),
  written_at: Type.String(),
  time_zone: Type.String({ minLength: 1 }),
  keep_days: Type.Object({ chatbot: days, debug: days, info: days, warning: days, error: days, audit: days }),
  compress_after_days: days,
  stream_budget_bytes: Type.Integer({ minimum: 0 }),
})
const isPolicy = new Ajv().compile<Static<typeof SCHEMA>>(SCHEMA)

/**
 * Records a policy in a log directory, for commands that run with another environment than the
 * server's. The file is replaced atomically and readable by its owner only. Throws the system's
 * error.
 */
export function recordPolicy(dir: string, { policy, timeZone }: RecordedPolicy, now: Date): void {
  makeLogDirectory(dir)
  const content: Static<typeof SCHEMA> = {
    version: VERSION,
    written_at: now.toISOString(),
    time_zone: timeZone,
    keep_days: policy.keepDays,
    compress_after_days: policy.compressAfterDays,
    stream_budget_bytes: policy.budgetBytes,
  }
  replaceJsonFile(join(dir, POLICY_FILE), content)
}

/**
 * Reads the policy that the server recorded; undefined if the file does not exist.
 * @throws {ChatError} CONFIGURATION_INVALID if the file cannot be read or is not a policy of this
 * version.
 */
export function readRecordedPolicy(dir: string): RecordedPolicy | undefined {
  const path = join(dir, POLICY_FILE)
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (!isPolicy(content)) throw new Error('it is not a retention policy of version 1')
    const { time_zone: timeZone, keep_days: keepDays, compress_after_days: compressAfterDays } = content
    return { policy: { keepDays, compressAfterDays, budgetBytes: content.stream_budget_bytes }, timeZone }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return undefined
    throw new ChatError('CONFIGURATION_INVALID', {
      message: `${path} cannot be used: ${messageOf(error)}. Start the server once with this LOG_DIR to write it anew.`,
      cause: error,
    })
  }
}

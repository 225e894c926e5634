import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ChatError, messageOf } from '../errors.ts'
import { BUSY, resultCodeOf } from './writer/serialized-error.ts'

/** A claim on a data directory. It ends with the process at the latest, however that ends. */
export interface DataDirectoryClaim {
  /** Tells a server that comes in vain where this one listens. */
  announce(address: string): void
  release(): void
}

/** Who holds a claim, as far as its note could be read. */
interface Holder {
  readonly pid?: number
  readonly address?: string
}

/**
 * Makes a data directory with all its parents, for its owner's eyes alone (0700). One that exists keeps its mode.
 * @throws {ChatError} CONFIGURATION_INVALID where it cannot be made or written.
 */
export function makeDataDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw unusable(path, cause)
  }
}

/**
 * Makes a data directory where there is none, and claims it for this server. Commands that work beside a server do not claim.
 * @throws {ChatError} DATA_DIR_IN_USE, naming the directory and the server that has it.
 */
export function claimDataDirectory(path: string): DataDirectoryClaim {
  makeDataDirectory(path)
  const lock = takeLock(path)
  const note = join(path, 'server.json')
  const write = (holder: Holder) => writeFileSync(note, `${JSON.stringify(holder)}\n`, { mode: 0o600 })
  write({ pid: process.pid })
  return {
    announce: address => write({ pid: process.pid, address }),
    release() {
      rmSync(note, { force: true })
      lock.close()
    },
  }
}

/** A transaction that is never committed: its lock is the operating system's, so a killed server leaves none behind. */
function takeLock(path: string): DatabaseSync {
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(join(path, 'server.lock'))
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock?.close()
    if (resultCodeOf(cause) !== BUSY) throw unusable(path, cause)
    const { pid, address } = readHolder(path)
    const holder = `Another server (${pid === undefined ? 'of unknown process id' : `process ${pid}`}${address === undefined ? '' : `, ${address}`})`
    throw new ChatError('DATA_DIR_IN_USE', {
      message: `${holder} uses DATA_DIR "${path}"`,
      facts: { data_dir: path, pid, address },
      cause,
    })
  }
}

function unusable(path: string, cause: unknown): ChatError {
  const message = `DATA_DIR: "${path}" cannot be used: ${messageOf(cause)}; right would be a folder that this process may write`
  return new ChatError('CONFIGURATION_INVALID', { message, cause })
}

function readHolder(path: string): Holder {
  try {
    return (JSON.parse(readFileSync(join(path, 'server.json'), 'utf8')) as Holder | null) ?? {}
  } catch {
    // The note is a courtesy: it may be missing or half written, and the lock holds all the same.
    return {}
  }
}

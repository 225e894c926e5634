import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ChatError, errnoOf, messageOf } from '../errors.ts'
import { isBusy } from './sqlite-errors.ts'

/**
 * The exclusive use of a data directory. It ends with the process at the latest, also after a
 * crash.
 */
export interface DataDirectoryClaim {
  /** Records the address of this server for the error message of a second server. */
  announce(address: string): void
  release(): void
}

/** The server that holds a claim, as read from `server.json`. */
interface Holder {
  readonly pid?: number
  readonly address?: string
}

/** The locks of this process: a lock that nothing refers to would be closed with its object. */
const locks = new Set<DatabaseSync>()

/**
 * Creates a data directory and its parents with mode 0700. An existing directory keeps its mode.
 * @throws {ChatError} CONFIGURATION_INVALID if it cannot be created or written.
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
 * Creates a data directory if it is missing, and claims it for this server. Commands that work
 * while a server runs do not claim it.
 * @throws {ChatError} DATA_DIR_IN_USE with the directory and the server that uses it;
 * CONFIGURATION_INVALID as `makeDataDirectory`.
 */
export function claimDataDirectory(path: string): DataDirectoryClaim {
  makeDataDirectory(path)
  const lock = takeLock(path)
  locks.add(lock)
  const holderFile = join(path, 'server.json')
  const write = (holder: Holder) => writeFileSync(holderFile, `${JSON.stringify(holder)}\n`, { mode: 0o600 })
  write({ pid: process.pid })
  return {
    announce: address => write({ pid: process.pid, address }),
    release() {
      rmSync(holderFile, { force: true })
      lock.close()
      locks.delete(lock)
    },
  }
}

/**
 * Returns the server that uses a data directory, as it announced itself; undefined if none runs.
 */
export function findServer(path: string): { readonly pid: number; readonly address?: string } | undefined {
  const { pid, address } = readHolder(path)
  if (pid === undefined) return undefined
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return undefined
  }
  return { pid, ...(address !== undefined && { address }) }
}

/**
 * Opens a transaction that is never committed. The operating system releases its lock when the
 * process ends, even after SIGKILL.
 */
function takeLock(path: string): DatabaseSync {
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(join(path, 'server.lock'))
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock?.close()
    if (!isBusy(cause)) throw unusable(path, cause)
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
  const message = `DATA_DIR: "${path}" cannot be used: ${messageOf(cause)}. Use a folder that this process can write to.`
  return new ChatError('CONFIGURATION_INVALID', { message, cause })
}

function readHolder(path: string): Holder {
  try {
    return (JSON.parse(readFileSync(join(path, 'server.json'), 'utf8')) as Holder | null) ?? {}
  } catch {
    // The file may be missing or incomplete; the lock does not depend on it.
    return {}
  }
}

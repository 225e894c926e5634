import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { ChatError, errnoOf } from '../errors.ts'
import { isKeyText, makeKeyText } from './key-text.ts'

const HEX_SECRET = /^[0-9a-f]{64}$/

/**
 * Loads a secret from a file: 32 random bytes in hexadecimal, mode 0600. Creates it if it is
 * missing; concurrent processes get the same secret.
 * @throws {ChatError} CONFIGURATION_INVALID if the file contains something else.
 */
export function loadSecret(path: string): string {
  const secret = readSecret(path) ?? writeSecret(path, randomBytes(32).toString('hex'))
  if (HEX_SECRET.test(secret)) return secret
  throw new ChatError('CONFIGURATION_INVALID', {
    message: `${path} does not contain a key of 64 hexadecimal digits. Restore the file from a backup, or delete it to create a new key`,
  })
}

/**
 * Loads the token of the machine from a file, like `loadSecret`. A new one has the form of an
 * access key, which redaction and programs that look for leaked keys recognize.
 * @throws {ChatError} CONFIGURATION_INVALID if the file contains something else.
 */
export function loadMachineToken(path: string): string {
  const token = readSecret(path) ?? writeSecret(path, makeKeyText(randomBytes))
  if (isKeyText(token) || HEX_SECRET.test(token)) return token
  throw new ChatError('CONFIGURATION_INVALID', {
    message: `${path} does not contain a token. Delete the file and start the server to create a new one`,
  })
}

function readSecret(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Writes a draft and links it, which fails if another process was faster. A secret is never
 * incomplete and never replaced.
 */
function writeSecret(path: string, secret: string): string {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    writeFileSync(draft, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true })
    linkSync(draft, path)
    return secret
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return readFileSync(path, 'utf8').trim()
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

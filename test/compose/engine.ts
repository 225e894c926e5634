import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The Docker engine that the command `docker` uses. */
export interface Engine {
  /** Runs `docker` and resolves to its output. @throws {Error} with its output if it fails. */
  docker(...args: readonly string[]): Promise<string>
  /** Runs a script of the manual in a folder, and resolves to what it prints. */
  shell(script: string, folder: string): Promise<string>
  /** Ends the commands that run, and lets no other begin. */
  abort(): void
  isAborted(): boolean
}

const MAX_OUTPUT_BYTES = 64 * 2 ** 20

/** @param environment variables for `docker`. */
export function createEngine(environment: Readonly<Record<string, string | undefined>>): Engine {
  const aborted = new AbortController()
  const run = async (program: string, args: readonly string[], folder?: string) => {
    const options = { cwd: folder, env: { ...environment }, maxBuffer: MAX_OUTPUT_BYTES, signal: aborted.signal }
    const { stdout } = await promisify(execFile)(program, [...args], options)
    return stdout.trim()
  }
  return {
    docker: (...args) => run('docker', args),
    shell: (script, folder) => run('bash', ['-euo', 'pipefail', '-c', script], folder),
    abort: () => aborted.abort(),
    isAborted: () => aborted.signal.aborted,
  }
}

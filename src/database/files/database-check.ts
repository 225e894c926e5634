import { execFile } from 'node:child_process'
import { extname } from 'node:path'
import { promisify } from 'node:util'

/**
 * Checks the structure of a database and resolves to its damage; empty if it is sound. Runs in a
 * process of its own: a check cannot be interrupted in a thread, and damage may end the process.
 * @param signal Ends the check, which then rejects.
 */
export async function checkDatabase(path: string, signal: AbortSignal): Promise<readonly string[]> {
  // `.ts` when run from source, `.js` when compiled.
  const program = `${import.meta.dirname}/check-process${extname(import.meta.filename)}`
  // With the environment, the process would load the telemetry SDK.
  const { stdout } = await promisify(execFile)(process.execPath, [program, path], { env: {}, signal, killSignal: 'SIGKILL' })
  return JSON.parse(stdout) as readonly string[]
}

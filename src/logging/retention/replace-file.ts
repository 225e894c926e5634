import { renameSync, rmSync, writeFileSync } from 'node:fs'

/**
 * Replaces a file of the log directory by JSON, atomically. Only its owner may read it. Throws the
 * system's error.
 */
export function replaceJsonFile(path: string, content: object): void {
  const unfinished = `${path}.${process.pid}.tmp`
  try {
    rmSync(unfinished, { force: true })
    writeFileSync(unfinished, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600, flush: true })
    renameSync(unfinished, path)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

import { existsSync, lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join, relative } from 'node:path'

/**
 * Creates a directory and its parents with mode 0700; an existing one keeps its mode. Throws the
 * system's error.
 */
export function makeLogDirectory(path: string): void {
  // Node's recursive form never returns where the system keeps answering ENOENT, as below `/proc`.
  if (existsSync(path)) return
  makeLogDirectory(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

/** Points the link `dir/name` to a file below `dir`. The link is replaced atomically. */
export function pointLink(dir: string, name: string, file: string): void {
  const link = join(dir, name)
  try {
    if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(link) === relative(dir, file)) return
    rmSync(`${link}.new`, { force: true })
    symlinkSync(relative(dir, file), `${link}.new`)
    renameSync(`${link}.new`, link)
  } catch {
    // The link is a convenience. A directory that does not allow it may still take log files.
  }
}

/**
 * Claims a log directory for this process. `granted` is false if another process holds the claim;
 * `release`, or the end of the process, ends it. The claim is an abstract socket named after the
 * directory's device and inode, so it leaves no file. Only Linux has such sockets; elsewhere, and
 * if the directory cannot be created, the claim is always granted.
 */
export function claimLogDirectory(path: string): Promise<{ readonly granted: boolean; release(): void }> {
  const server = createServer().unref()
  const name = claimName(path)
  return new Promise(resolve => {
    if (process.platform !== 'linux' || name === undefined) return resolve({ granted: true, release() {} })
    server.once('error', () => resolve({ granted: false, release() {} }))
    server.listen(`\0${name}`, () => resolve({ granted: true, release: () => server.close() }))
  })
}

function claimName(path: string): string | undefined {
  try {
    makeLogDirectory(path)
    const { dev, ino } = statSync(path)
    return `pellucid-logs-${dev}-${ino}`
  } catch {
    // The log files report the problem with the directory.
    return undefined
  }
}

import { existsSync, lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join, relative } from 'node:path'

/** Makes a directory and its parents for their owner alone (0700); one that exists keeps its mode. Throws the system's error. */
export function makeLogDirectory(path: string): void {
  // Node's own recursive form never returns where the system answers ENOENT for good, as below `/proc`.
  if (existsSync(path)) return
  makeLogDirectory(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

/** Has the link `dir/name` point at a file below `dir`, without a moment in which there is no such link. */
export function pointLink(dir: string, name: string, file: string): void {
  const link = join(dir, name)
  try {
    if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(link) === relative(dir, file)) return
    rmSync(`${link}.new`, { force: true })
    symlinkSync(relative(dir, file), `${link}.new`)
    renameSync(`${link}.new`, link)
  } catch {
    // A directory that takes files below it but no link: the lines themselves are in place, and they matter more.
  }
}

/**
 * Claims a log directory for this process, and resolves to whether nobody else has it; `release` ends the claim, and so does the end of the
 * process. The claim is a socket without a file, named after the directory's device and inode: nothing is left behind, and nothing of it
 * lies among the logs. Only Linux has such sockets; elsewhere, and where the directory cannot be made, the claim is always granted.
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
    // Whoever writes there tells what is wrong with the directory; there is nothing to claim.
    return undefined
  }
}

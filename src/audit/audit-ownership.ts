import { closeSync, constants, existsSync, fchownSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { errnoOf } from '../errors.ts'

/**
 * Opens a file to read it and append to it, made for its owner alone where it is missing. What root makes, as in a command beside a server of another
 * user, goes to the owner of its folder, who could not write there otherwise.
 */
export function openForAppending(path: string): number {
  try {
    // Only what was made here changes hands: a link that stands there already would give away what it points to.
    const fd = openSync(path, 'ax+', 0o600)
    giveToFolderOwner(fd, path)
    return fd
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return openSync(path, 'a+', 0o600)
    throw error
  }
}

/** Makes a folder and those above it in the same way. Node's own recursive form never returns where the system answers ENOENT for good, as below `/proc`. */
export function makeDirectory(path: string): void {
  if (existsSync(path)) return
  makeDirectory(dirname(path))
  mkdirSync(path, { mode: 0o700 })
  if (!isRoot()) return
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  try {
    giveToFolderOwner(fd, path)
  } finally {
    closeSync(fd)
  }
}

function giveToFolderOwner(fd: number, path: string): void {
  if (!isRoot()) return
  const { uid, gid } = statSync(dirname(path))
  try {
    fchownSync(fd, uid, gid)
  } catch {
    // A container's root may lack that right, and some file systems know no owners: the record matters more, and a server kept out says so.
  }
}

function isRoot(): boolean {
  return process.geteuid?.() === 0
}

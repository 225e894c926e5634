import { closeSync, constants, existsSync, fchownSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { errnoOf } from '../errors.ts'

/**
 * Opens a file for reading and appending. Creates it with mode 0600 if it is missing. A file that
 * root creates gets the owner of its folder: a server that runs as another user must be able to
 * write it.
 */
export function openForAppending(path: string): number {
  try {
    // Only a file created here changes owner: an existing link would give away its target.
    const fd = openSync(path, 'ax+', 0o600)
    giveToFolderOwner(fd, path)
    return fd
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return openSync(path, 'a+', 0o600)
    throw error
  }
}

/**
 * Creates a folder and its parents with mode 0700 and the same ownership rule. Node's recursive
 * `mkdirSync` never returns for a path that always fails with ENOENT, such as one below `/proc`.
 */
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
    // The root of a container may lack this right, and some file systems have no owners. Writing
    // the record matters more; a server that cannot write reports it.
  }
}

function isRoot(): boolean {
  return process.geteuid?.() === 0
}

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CACHE } from './receiver.ts'

/** The pinned packages need this version. */
const CHECK = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'

/**
 * Returns the Python of a virtual environment with these pinned packages, created in the cache at
 * the first call. Undefined, with `loss` and the reason on stderr, if that is not possible.
 */
export function preparePython(requirements: string, name: string, loss: string): string | undefined {
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)
  const folder = join(CACHE, `${name}-${version}`)
  const python = join(folder, 'bin/python')
  const isComplete = join(folder, 'complete')
  if (existsSync(isComplete)) return python
  const run = (program: string, args: readonly string[], problem: string) => {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
    if (status !== 0) console.error(`${loss}: ${problem}. ${stderr ?? ''}`.trim())
    return status === 0
  }
  if (!run('python3', ['-c', CHECK], 'Python 3.11 or newer with the module venv is missing')) return undefined
  console.error(`Installing the packages of ${name}`)
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]
  const isInstalled =
    run('python3', ['-m', 'venv', '--clear', folder], 'the virtual environment could not be created') &&
    run(python, pip, 'its packages could not be installed')
  if (!isInstalled) return undefined
  writeFileSync(isComplete, '')
  return python
}

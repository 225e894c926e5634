import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../harness/processes.ts'
import { CACHE } from '../harness/receiver.ts'

export const SERVICE = join(ROOT, 'bench/peers/service.py')
const REQUIREMENTS = join(ROOT, 'bench/peers/requirements.txt')
/** The pinned packages need this version. */
const CHECK = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'

/**
 * Returns the Python of a virtual environment with the packages of `bench/peers`, created in the
 * cache at the first call. Undefined, with the reason on stderr, if that is not possible.
 */
export function preparePython(): string | undefined {
  const version = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12)
  const folder = join(CACHE, `peers-${version}`)
  const python = join(folder, 'bin/python')
  const isComplete = join(folder, 'complete')
  if (existsSync(isComplete)) return python
  if (!run('python3', ['-c', CHECK], 'Python 3.11 or newer with the module venv is missing')) return undefined
  console.error('Installing the packages of the Python service')
  const isInstalled =
    run('python3', ['-m', 'venv', '--clear', folder], 'the virtual environment could not be created') &&
    run(
      python,
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS],
      'its packages could not be installed',
    )
  if (!isInstalled) return undefined
  writeFileSync(isComplete, '')
  return python
}

function run(program: string, args: readonly string[], problem: string): boolean {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (status === 0) return true
  console.error(`The Python service is not measured: ${problem}. ${stderr ?? ''}`.trim())
  return false
}

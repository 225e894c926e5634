import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Fetches the programs that an integration's tests need into the user's cache folder, and returns
 * environment variables that name them.
 * @throws {Error} naming what is missing; the integration is then skipped, and the reason shown.
 */
export type Prepare = (log: (text: string) => void) => Promise<Readonly<Record<string, string>>>

/** Fills a folder of the cache once; a fetch that fails leaves nothing behind. */
export function cachedFolder(name: string, fill: (folder: string) => void): string {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'pellucid')
  const folder = join(cache, name)
  if (existsSync(folder)) return folder
  const unfinished = `${folder}.${process.pid}`
  mkdirSync(unfinished, { recursive: true })
  try {
    fill(unfinished)
    renameSync(unfinished, folder)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    throw error
  }
  return folder
}

/**
 * Returns the Python of a virtual environment with `packages` (such as `moto[server]==5.2.5`). Run
 * their programs as `python -m MODULE`: the environment is moved after it is made.
 */
export function pythonWith(packages: readonly string[], log: (text: string) => void): string {
  const hash = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 16)
  // A virtual environment contains its own path, so it is made where it stays.
  const folder = cachedFolder(`python-${hash}`, folder => {
    log(`installing ${packages.join(', ')}, once`)
    execFileSync('python3', ['-m', 'venv', join(folder, 'venv')], { stdio: ['ignore', 'ignore', 'inherit'] })
    const pip = join(folder, 'venv/bin/pip')
    execFileSync(pip, ['install', '--quiet', '--disable-pip-version-check', ...packages], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  })
  return join(folder, 'venv/bin/python')
}

import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/** The project's version, from its package.json; the same from source and from what is compiled. */
export function readVersion(): string {
  const path = findPackageJSON(import.meta.url)
  return path === undefined ? 'unknown' : (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}

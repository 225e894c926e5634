import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/** Returns the version in package.json, both for source and for compiled files. */
export function readVersion(): string {
  const path = findPackageJSON(import.meta.url)
  return path === undefined ? 'unknown' : (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}

import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The files of the configuration. Each may be missing: everything has a default. */
export type ConfigFileName = 'monitoring.yaml' | 'texts.yaml'

/**
 * The path of a file of the configuration: what a setting names, else the file of that name in
 * CONFIG_DIR if there is one. Looks each time, so that a reload finds a new file.
 */
export function findConfigFile(configDir: string, name: ConfigFileName, setting?: string): string | undefined {
  if (setting !== undefined) return setting
  const path = join(configDir, name)
  return existsSync(path) ? path : undefined
}

import type { Config } from '../config.ts'

/**
 * Files and folders of the server that no document may include: its data, its logs, and what it is
 * configured with.
 */
export function listPrivatePaths({ dataDir, logDir, configDir, monitoringConfig, textsFile }: Config): readonly string[] {
  return [dataDir, logDir, configDir, ...[monitoringConfig, textsFile].filter(path => path !== undefined)]
}

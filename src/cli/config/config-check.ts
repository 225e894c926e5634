import { type ConfigFileName, findConfigFile } from '../../base/config-file.ts'
import { loadConfig } from '../../config.ts'
import { ChatError } from '../../errors.ts'
import { loadTexts } from '../../wording/texts-loader.ts'
import { listChannels, readMonitoringConfig, readRules } from '../alerts/monitoring-store.ts'
import type { AuditCommandDeps } from '../audit.ts'

/**
 * Runs `pellucid config check`: a line for each file, on stderr if it has problems. The settings
 * were checked when they were read.
 */
export function runConfigCheck({ stdout, stderr }: Pick<AuditCommandDeps, 'stdout' | 'stderr'>): number {
  const { configDir, monitoringConfig, textsFile } = loadConfig()
  stdout.write('Settings: valid\n')
  let exitCode = 0
  const check = (name: ConfigFileName, setting: string | undefined, read: (file: string | undefined) => string) => {
    const file = findConfigFile(configDir, name, setting)
    try {
      const found = read(file)
      stdout.write(
        file === undefined ? `${name}: none in ${configDir}, so everything has its default\n` : `${file}: valid. ${found}\n`,
      )
    } catch (error) {
      if (!(error instanceof ChatError)) throw error
      stderr.write(`${error.code}: ${error.message}\n`)
      exitCode = 1
    }
  }
  check('monitoring.yaml', monitoringConfig, () => {
    const config = readMonitoringConfig()
    return `${readRules(config).length} rules; channels: ${listChannels(config) || 'none'}`
  })
  check('texts.yaml', textsFile, file => `Languages: ${Object.keys(loadTexts(file).languages).join(', ')}`)
  return exitCode
}

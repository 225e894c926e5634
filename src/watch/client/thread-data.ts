import { hostname } from 'node:os'
import { join } from 'node:path'
import type { MonitoringConfig } from '../configuration/monitoring-config.ts'
import { readCommandPrefix } from '../rules/command-prefix.ts'
import type { MonitoringThreadData } from './thread-messages.ts'

export interface ThreadDataSources {
  readonly dataDir: string
  readonly logDir: string
  readonly publicUrl: string | undefined
  /** Port that the server listens on. */
  readonly port: number
  readonly alertNotifier: 'built-in' | 'alertmanager'
  readonly config: MonitoringConfig
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Identifies this process. */
  readonly process: string
}

/** What the monitoring thread needs of the settings and of the environment. */
export function describeThread(sources: ThreadDataSources): MonitoringThreadData {
  const { dataDir, logDir, publicUrl, port, alertNotifier, config, environment, process } = sources
  return {
    path: join(dataDir, 'monitoring.sqlite'),
    config,
    logDir,
    environment: secretsOf(config, environment),
    hostname: hostname(),
    publicUrl: (publicUrl ?? `http://127.0.0.1:${port}`).replace(/\/$/, ''),
    prefix: readCommandPrefix(environment),
    notifiesAlerts: alertNotifier === 'built-in',
    process,
  }
}

/** The variables that the configuration names. */
export function secretsOf(
  { channels: { webhook } }: MonitoringConfig,
  environment: Readonly<Record<string, string | undefined>>,
): MonitoringThreadData['environment'] {
  return webhook.secretEnv === undefined ? {} : { [webhook.secretEnv]: environment[webhook.secretEnv] }
}

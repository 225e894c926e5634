import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { findConfigFile } from '../../base/config-file.ts'
import { environment, loadConfig } from '../../config.ts'
import { ChatError } from '../../errors.ts'
import { MONITORING_MIGRATIONS } from '../../watch/composition/watch.ts'
import { loadMonitoringConfig } from '../../watch/configuration/load-monitoring-config.ts'
import type { MonitoringConfig } from '../../watch/configuration/monitoring-config.ts'
import { type AlertStore, createAlertStore } from '../../watch/evaluation/alert-store.ts'
import { type ActiveRule, activateRules } from '../../watch/rules/active-rules.ts'
import { RULES } from '../../watch/rules/rules.ts'
import { openMonitoringDatabase } from '../../watch/series/monitoring-database.ts'

/** The `monitoring.yaml` that the server reads; undefined if there is none. */
export function findMonitoringFile(): string | undefined {
  const { configDir, monitoringConfig } = loadConfig()
  return findConfigFile(configDir, 'monitoring.yaml', monitoringConfig)
}

/** Reads `monitoring.yaml` as the server does. */
export function readMonitoringConfig(): MonitoringConfig {
  return loadMonitoringConfig(findMonitoringFile(), environment)
}

/** The rules with the settings of `monitoring.yaml`, those of Prometheus included. */
export function readRules(config = readMonitoringConfig()): readonly ActiveRule[] {
  return activateRules(RULES, config)
}

/** Names of the channels that are enabled, separated by commas; empty if none is. */
export function listChannels({ channels }: Pick<MonitoringConfig, 'channels'>): string {
  return Object.entries(channels)
    .flatMap(([name, { enabled }]) => (enabled ? [name] : []))
    .join(', ')
}

/**
 * The rule of an id.
 * @throws {ChatError} RULE_NOT_FOUND
 */
export function findRule(id: string, rules: readonly ActiveRule[]): ActiveRule {
  const rule = rules.find(rule => rule.id === id)
  if (rule !== undefined) return rule
  throw new ChatError('RULE_NOT_FOUND', {
    message: `No alert rule is called ${id}. Use one of ${rules.map(({ id }) => id).join(', ')}`,
  })
}

/**
 * Opens the alerts of the server, which may be running.
 * @throws {ChatError} MONITORING_OFF if it has never stored any.
 */
export function withAlertStore<Result>(dataDir: string, run: (store: AlertStore) => Result): Result {
  return withMonitoringDatabase(dataDir, db => run(createAlertStore(db)))
}

/**
 * Opens the monitoring data of the server, which may be running.
 * @throws {ChatError} MONITORING_OFF if it has never stored any.
 */
export function withMonitoringDatabase<Result>(dataDir: string, run: (db: DatabaseSync) => Result): Result {
  const path = join(dataDir, 'monitoring.sqlite')
  if (!existsSync(path))
    throw new ChatError('MONITORING_OFF', {
      message: `DATA_DIR has no monitoring data: ${path} does not exist. Start the server with WATCH=on first`,
    })
  const { db } = openMonitoringDatabase(path, MONITORING_MIGRATIONS)
  try {
    return run(db)
  } finally {
    db.close()
  }
}

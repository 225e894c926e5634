import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { findServer } from '../../database/data-directory.ts'
import { createOutbox } from '../../watch/channels/outbox.ts'
import { MONITORING_SCHEMA } from '../../watch/configuration/monitoring-schema.ts'
import { toAlertmanagerFile } from '../../watch/rules/alertmanager.ts'
import { type PrometheusOptions, toPrometheusFile } from '../../watch/rules/prometheus-rules.ts'
import { RECORDINGS } from '../../watch/rules/request-rules.ts'
import { readMonitoringConfig, readRules } from '../alerts/monitoring-store.ts'
import type { AuditCommandDeps } from '../audit.ts'
import { runConfigCheck } from '../config/config-check.ts'

const RELOAD_LIMIT_MS = 5000
const POLL_MS = 50

/** Runs `pellucid monitoring reload`. The exit code is 1 if the server does not apply it in 5 s. */
export async function runMonitoringReload(deps: AuditCommandDeps): Promise<number> {
  const { config, stdout, stderr, now } = deps
  const checked = runConfigCheck(deps)
  if (checked !== 0) return checked
  const server = findServer(config.dataDir)
  if (server === undefined) {
    stderr.write('No server uses DATA_DIR: it will read the file when it starts\n')
    return 1
  }
  const startedAt = now()
  process.kill(server.pid, 'SIGHUP')
  for (; now() - startedAt < RELOAD_LIMIT_MS; await sleep(POLL_MS))
    if ((configuredAt(config.dataDir) ?? 0) >= startedAt) {
      stdout.write('The server has applied it\n')
      return 0
    }
  stderr.write('The server has not applied it. Its log says why: pellucid logs --module monitoring --since 1m\n')
  return 1
}

function configuredAt(dataDir: string): number | undefined {
  const db = new DatabaseSync(join(dataDir, 'monitoring.sqlite'), { readOnly: true })
  try {
    return createOutbox(db).mark('configured')?.at
  } finally {
    db.close()
  }
}

/** Runs `pellucid monitoring schema`. */
export function runMonitoringSchema({ stdout }: AuditCommandDeps): number {
  stdout.write(`${JSON.stringify(MONITORING_SCHEMA, undefined, 2)}\n`)
  return 0
}

/** Runs `pellucid monitoring prometheus`. */
export function printPrometheusRules(options: PrometheusOptions, { stdout }: AuditCommandDeps): number {
  stdout.write(toPrometheusFile(readRules(), RECORDINGS, options))
  return 0
}

/** Runs `pellucid monitoring alertmanager`. */
export function printAlertmanager({ stdout }: AuditCommandDeps): number {
  stdout.write(toAlertmanagerFile(readRules(), readMonitoringConfig()))
  return 0
}

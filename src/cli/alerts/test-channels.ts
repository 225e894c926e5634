import { hostname } from 'node:os'
import { environment } from '../../config.ts'
import { messageOf } from '../../errors.ts'
import { createChannels } from '../../watch/channels/channels.ts'
import { testNotification } from '../../watch/channels/self-test.ts'
import type { AuditCommandDeps } from '../audit.ts'
import { auditCommand } from '../command-record.ts'
import { readMonitoringConfig } from './monitoring-store.ts'

const LIMIT_MS = 30_000

/**
 * Runs `pellucid alerts test`: sends a test through every enabled channel at once. The exit code is
 * 1 if one fails, or if there is none.
 */
export async function runAlertsTest(deps: AuditCommandDeps): Promise<number> {
  const { stdout, now } = deps
  const channels = createChannels(readMonitoringConfig().channels, { environment, hostname: hostname(), now })
  if (channels.length === 0) {
    stdout.write('No channel is enabled. Enable one in monitoring.yaml\n')
    return 1
  }
  auditCommand('channels_tested', { channels: channels.map(({ name }) => name) }, deps)
  const test = testNotification(hostname(), now())
  const outcomes = await Promise.all(
    channels.map(async channel => {
      try {
        return { ok: true, text: `${channel.name}: delivered (${await channel.send(test, AbortSignal.timeout(LIMIT_MS))})` }
      } catch (error) {
        return { ok: false, text: `${channel.name}: failed: ${messageOf(error)}` }
      }
    }),
  )
  for (const { text } of outcomes) stdout.write(`${text}\n`)
  return outcomes.every(({ ok }) => ok) ? 0 : 1
}

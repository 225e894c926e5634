import { hostname } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { environment } from '../../config.ts'
import { messageOf } from '../../errors.ts'
import { createChannels } from '../../watch/channels/channels.ts'
import { createDelivery } from '../../watch/channels/delivery.ts'
import { createOutbox, NOTIFICATION_TABLES } from '../../watch/channels/outbox.ts'
import { createServerWatch } from '../../watch/client/server-watch.ts'
import { notifyOf } from '../../watch/evaluation/alert-notification.ts'
import { readCommandPrefix } from '../../watch/rules/command-prefix.ts'
import { findMonitoringFile, findRule, listChannels, readMonitoringConfig, readRules } from '../alerts/monitoring-store.ts'
import type { AuditCommandDeps } from '../audit.ts'
import type { WatchOptions } from './watch-command.ts'

const ANSWER_LIMIT_MS = 10_000

/**
 * Runs `pellucid watch` until SIGTERM or SIGINT. Needs no DATA_DIR. What could not be delivered is
 * tried again as long as it runs.
 */
export async function runWatch(
  url: string,
  { interval, after, once }: WatchOptions,
  { stdout, now }: AuditCommandDeps,
): Promise<number> {
  const say = (text: string) => stdout.write(`${new Date(now()).toISOString()} ${text}\n`)
  if (once) {
    const problem = await ask(url)
    say(problem ?? 'ready')
    return problem === undefined ? 0 : 1
  }
  const config = readMonitoringConfig()
  const rule = findRule('system_down', readRules(config))
  const db = new DatabaseSync(':memory:')
  db.exec(NOTIFICATION_TABLES)
  const delivery = createDelivery({
    outbox: createOutbox(db),
    now,
    random: Math.random,
    onDelivered: ({ channel, notification }, said) => say(`${notification.title} delivered by ${channel} (${said})`),
    onProblem: (channel, error) => say(`${channel}: ${messageOf(error)}`),
    onFailed: ({ channel }, reason) => say(`given up on ${channel}: ${reason}`),
  })
  delivery.use(createChannels(config.channels, { environment, hostname: hostname(), now }))
  const context = { prefix: readCommandPrefix(environment), hostname: url }
  const watch = createServerWatch({ rule, afterMs: after })
  say(`watching ${url}; channels: ${listChannels(config) || `none (${findMonitoringFile() ?? 'no monitoring.yaml'})`}`)
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  while (!stop.signal.aborted) {
    const problem = await ask(url)
    const change = watch.note(problem, now())
    if (change !== undefined) {
      say(change.kind === 'firing' ? `down: ${problem}` : 'up again')
      delivery.enqueue(notifyOf(rule, change.kind, [change.alert], now(), context), rule.channels)
    }
    delivery.run()
    await sleep(interval, undefined, { signal: stop.signal }).catch(() => undefined)
  }
  await delivery.close()
  return 0
}

/** Why a server is not ready; undefined if it is. */
async function ask(url: string): Promise<string | undefined> {
  try {
    const reply = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS), redirect: 'manual' })
    await reply.body?.cancel()
    return reply.status === 200 ? undefined : `/health/ready answered ${reply.status}`
  } catch (error) {
    const { cause, name } = error as { cause?: { code?: string }; name: string }
    return name === 'TimeoutError' ? 'no answer in 10 s' : `no connection (${cause?.code ?? name})`
  }
}

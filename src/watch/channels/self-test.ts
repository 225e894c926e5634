import type { Notification } from './notification.ts'
import type { Outbox } from './outbox.ts'

/** When something is due next, after a time. */
export interface Schedule {
  nextRun(after: Date): Date | null
}

/**
 * Returns a test notification if its time has come, also if that was while the server was down. The
 * first time counts from the first call.
 */
export function planSelfTest(
  schedule: Schedule,
  marks: Pick<Outbox, 'mark' | 'setMark'>,
  { now, hostname }: { readonly now: number; readonly hostname: string },
): Notification | undefined {
  const last = marks.mark('self_test')?.at
  const due = last === undefined ? undefined : schedule.nextRun(new Date(last))
  const isDue = due !== undefined && due !== null && due.getTime() <= now
  if (last === undefined || isDue) marks.setMark('self_test', now)
  return isDue ? testNotification(hostname, now) : undefined
}

/** A message that says it is a test. */
export function testNotification(hostname: string, now: number): Notification {
  return {
    id: `test-${now}`,
    kind: 'test',
    severity: 'info',
    title: 'This is a test',
    summary: 'Notifications of this server arrive here',
    facts: [['Server', hostname]],
    text: ['Nothing is wrong. `pellucid alerts test`, or the schedule `alerts.self_test` in monitoring.yaml, sent this message.'],
    links: [],
    createdAtMs: now,
  }
}

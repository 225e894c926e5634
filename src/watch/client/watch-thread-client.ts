import { startThread } from '../../threads/start-thread.ts'
import { superviseThread } from '../../threads/supervised-thread.ts'
import type { MonitoringConfig } from '../configuration/monitoring-config.ts'
import type { describeTransition, listAlerts } from '../evaluation/alert-listing.ts'
import type {
  HistoryRequest,
  MonitoringState,
  MonitoringThreadData,
  Snapshot,
  ThreadReply,
  ThreadRequest,
} from './thread-messages.ts'

export interface WatchThread {
  /** Sends a snapshot, unless the thread is far behind. */
  append(at: number, snapshot: Snapshot): void
  configure(config: MonitoringConfig, environment: MonitoringThreadData['environment']): void
  list(): Promise<ReturnType<typeof listAlerts>>
  history(request: HistoryRequest): Promise<ReturnType<typeof describeTransition>[]>
  readonly state: MonitoringState | undefined
  close(): Promise<void>
}

export interface WatchThreadOptions {
  readonly data: MonitoringThreadData
  readonly log: (level: 'info' | 'warn' | 'error', facts: Readonly<Record<string, unknown>>, message: string) => void
}

/** Snapshots on their way to the thread, above which further ones are left out: five minutes. */
const MAX_UNSTORED = 30
const RESTART = { firstMs: 1000, longestMs: 60_000 }
const ANSWER_LIMIT_MS = 10_000
const CLOSE_LIMIT_MS = 2000
/** Small, since an evaluation keeps little; the server may give its other threads more. */
const LIMITS_MB = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 192 }

/** Starts the monitoring thread, and starts it again if it ends. */
export function startWatchThread({ data, log }: WatchThreadOptions): WatchThread {
  let settings = { config: data.config, environment: data.environment }
  let state: MonitoringState | undefined
  let layout: Snapshot['layout']
  /** Whether the thread has the layout. */
  let isArranged = false
  let unstored = 0
  let lastId = 0
  const questions = new Map<number, PromiseWithResolvers<unknown>>()

  const thread = superviseThread<ThreadRequest, ThreadReply>({
    start() {
      isArranged = false
      unstored = 0
      return startThread('../composition/watch-thread', import.meta, {
        name: 'monitoring',
        workerData: { ...data, ...settings },
        limits: LIMITS_MB,
      })
    },
    restart: RESTART,
    isBackground: true,
    onMessage: receive,
    onError: err => log('error', { function: 'run', err }, 'Monitoring thread failed'),
    onExit: rejectQuestions,
  })

  function rejectQuestions(): void {
    for (const { reject } of questions.values()) reject(new Error('The monitoring thread has ended'))
    questions.clear()
  }

  function receive(reply: ThreadReply): void {
    if (reply.kind === 'stored') unstored--
    else if (reply.kind === 'state') {
      state = reply.state
      thread.markHealthy()
    } else if (reply.kind === 'log') log(reply.level, reply.facts, reply.message)
    else {
      const question = questions.get(reply.id)
      questions.delete(reply.id)
      if (reply.error === undefined) question?.resolve(reply.result)
      else question?.reject(new Error(reply.error))
    }
  }

  async function ask<Answer>(make: (id: number) => ThreadRequest): Promise<Answer> {
    const id = ++lastId
    if (!thread.post(make(id))) throw new Error('The monitoring thread is being started')
    const question = Promise.withResolvers<unknown>()
    questions.set(id, question)
    const timer = setTimeout(() => question.reject(new Error('The monitoring thread does not answer')), ANSWER_LIMIT_MS)
    return (question.promise as Promise<Answer>).finally(() => {
      clearTimeout(timer)
      questions.delete(id)
    })
  }

  return {
    append(at, snapshot) {
      layout = snapshot.layout ?? layout
      if (snapshot.layout !== undefined) isArranged = false
      if (!thread.isRunning || unstored >= MAX_UNSTORED || layout === undefined) return
      unstored++
      const message = { kind: 'snapshot', at, values: snapshot.values, ...(!isArranged && { layout }) } satisfies ThreadRequest
      isArranged = true
      thread.post(message, [snapshot.values.buffer])
    },
    configure(config, environment) {
      settings = { config, environment }
      thread.post({ kind: 'configure', ...settings })
    },
    list: () => ask(id => ({ kind: 'list', id })),
    history: request => ask(id => ({ kind: 'history', id, request })),
    get state() {
      return state
    },
    async close() {
      await thread.close({ kind: 'close' }, CLOSE_LIMIT_MS)
      rejectQuestions()
    },
  }
}

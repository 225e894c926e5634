import { once } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
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
const FIRST_RESTART_MS = 1000
const LONGEST_RESTART_MS = 60_000
const ANSWER_LIMIT_MS = 10_000
const CLOSE_LIMIT_MS = 2000
/** Small, since an evaluation keeps little; the server may give its other threads more. */
const LIMITS_MB = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 192 }

/** Starts the monitoring thread, and starts it again if it ends. */
export function startWatchThread({ data, log }: WatchThreadOptions): WatchThread {
  let settings = { config: data.config, environment: data.environment }
  let worker: Worker | undefined
  let restart: NodeJS.Timeout | undefined
  let restartMs = FIRST_RESTART_MS
  let state: MonitoringState | undefined
  let layout: Snapshot['layout']
  /** Whether the thread has the layout. */
  let isArranged = false
  let unstored = 0
  let isClosing = false
  let lastId = 0
  const questions = new Map<number, PromiseWithResolvers<unknown>>()

  function start(): void {
    isArranged = false
    unstored = 0
    // `.ts` when run from source, `.js` when compiled.
    const file = new URL(`../composition/watch-thread${extname(import.meta.filename)}`, import.meta.url)
    // Without execArgv the thread would preload the telemetry SDK.
    const started = new Worker(file, {
      workerData: { ...data, ...settings },
      execArgv: [],
      name: 'monitoring',
      resourceLimits: LIMITS_MB,
    })
    worker = started
    started.on('message', receive)
    started.on('error', err => log('error', { function: 'run', err }, 'Monitoring thread failed'))
    started.on('exit', () => {
      worker = undefined
      for (const { reject } of questions.values()) reject(new Error('The monitoring thread has ended'))
      questions.clear()
      if (isClosing) return
      restart = setTimeout(start, restartMs).unref()
      restartMs = Math.min(2 * restartMs, LONGEST_RESTART_MS)
    })
    started.unref()
  }

  function receive(reply: ThreadReply): void {
    if (reply.kind === 'stored') unstored--
    else if (reply.kind === 'state') {
      state = reply.state
      restartMs = FIRST_RESTART_MS
    } else if (reply.kind === 'log') log(reply.level, reply.facts, reply.message)
    else {
      const question = questions.get(reply.id)
      questions.delete(reply.id)
      if (reply.error === undefined) question?.resolve(reply.result)
      else question?.reject(new Error(reply.error))
    }
  }

  async function ask<Answer>(make: (id: number) => ThreadRequest): Promise<Answer> {
    if (worker === undefined) throw new Error('The monitoring thread is being started')
    const id = ++lastId
    const question = Promise.withResolvers<unknown>()
    questions.set(id, question)
    const timer = setTimeout(() => question.reject(new Error('The monitoring thread does not answer')), ANSWER_LIMIT_MS)
    worker.postMessage(make(id))
    return (question.promise as Promise<Answer>).finally(() => {
      clearTimeout(timer)
      questions.delete(id)
    })
  }

  start()
  return {
    append(at, snapshot) {
      layout = snapshot.layout ?? layout
      if (snapshot.layout !== undefined) isArranged = false
      if (worker === undefined || unstored >= MAX_UNSTORED || layout === undefined) return
      unstored++
      const message = { kind: 'snapshot', at, values: snapshot.values, ...(!isArranged && { layout }) } satisfies ThreadRequest
      isArranged = true
      worker.postMessage(message, [snapshot.values.buffer])
    },
    configure(config, environment) {
      settings = { config, environment }
      worker?.postMessage({ kind: 'configure', ...settings } satisfies ThreadRequest)
    },
    list: () => ask(id => ({ kind: 'list', id })),
    history: request => ask(id => ({ kind: 'history', id, request })),
    get state() {
      return state
    },
    async close() {
      isClosing = true
      clearTimeout(restart)
      if (worker === undefined) return
      const ending = worker
      const exited = once(ending, 'exit')
      ending.ref()
      ending.postMessage({ kind: 'close' } satisfies ThreadRequest)
      const limit = setTimeout(() => void ending.terminate(), CLOSE_LIMIT_MS)
      await exited
      clearTimeout(limit)
    },
  }
}

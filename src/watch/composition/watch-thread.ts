import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../../errors.ts'
import type { MonitoringThreadData, ThreadReply, ThreadRequest } from '../client/thread-messages.ts'
import { createWatch } from './watch.ts'

// Entry point of the monitoring thread. It keeps metrics, evaluates alert rules and notifies, so
// that none of this delays a request.

const data = workerData as MonitoringThreadData
const reply = (message: ThreadReply) => parentPort?.postMessage(message)
const monitoring = createWatch({
  ...data,
  now: Date.now,
  random: Math.random,
  log: (level, { err, ...facts }, message) =>
    reply({ kind: 'log', level, facts: err === undefined ? facts : { ...facts, reason: messageOf(err) }, message }),
})
let timer: NodeJS.Timeout | undefined

function schedule(intervalS: number): void {
  clearInterval(timer)
  timer = setInterval(tick, intervalS * 1000)
}

function tick(): void {
  attempt('tick', () => {
    monitoring.tick()
    reply({ kind: 'state', state: monitoring.state() })
  })
}

/** One failure, such as a full disk, must not end the thread. */
function attempt(name: string, run: () => void): void {
  try {
    run()
  } catch (error) {
    reply({ kind: 'log', level: 'error', facts: { function: name, reason: messageOf(error) }, message: 'Monitoring failed' })
  }
}

function answer(id: number, run: () => unknown): void {
  try {
    reply({ kind: 'answer', id, result: run() })
  } catch (error) {
    reply({ kind: 'answer', id, error: messageOf(error) })
  }
}

parentPort?.on('message', (request: ThreadRequest) => {
  if (request.kind === 'snapshot') {
    attempt('append', () => monitoring.append(request.at, request.values, request.layout))
    reply({ kind: 'stored' })
  } else if (request.kind === 'configure') {
    attempt('configure', () => monitoring.configure(request.config, request.environment))
    schedule(request.config.evaluationIntervalS)
  } else if (request.kind === 'list') answer(request.id, monitoring.list)
  else if (request.kind === 'history') answer(request.id, () => monitoring.history(request.request))
  else {
    clearInterval(timer)
    void monitoring.close().finally(() => parentPort?.close())
  }
})

schedule(data.config.evaluationIntervalS)
tick()

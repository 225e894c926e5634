import { randomUUID } from 'node:crypto'
import * as http from 'node:http'
import * as https from 'node:https'
import { context } from '@opentelemetry/api'
import { type ExportResult, suppressTracing } from '@opentelemetry/core'
import type { HttpModule, SendResult, SentEvent } from '@sentry/node'
import type { ErrorReport } from '../../src/watch/error-reports/error-report.ts'
import { toExportResult, trackExports } from '../export-state.ts'
import { createLosses, type Losses } from './losses.ts'
import { toSentryEvent } from './sentry-event.ts'

export interface SentryOptions {
  /** Address of the project, with its key. */
  readonly dsn: string
  readonly environment: string
  readonly release: string
}

/** Sends errors to Sentry. Never throws and never waits. Counts losses of the signal `errors`. */
export interface ErrorSink extends Losses {
  send(report: ErrorReport): void
  /** Waits at most `timeoutMs` for what is being sent, and returns the number of errors lost. */
  close(timeoutMs: number): Promise<number>
}

type Done = (result: ExportResult) => void

/** Limit of one request, and of one event on its way through the package. */
const REQUEST_TIMEOUT_MS = 10_000
const EVENT_TIMEOUT_MS = 15_000

/**
 * Loads `@sentry/node` and creates a client of its own. It uses nothing that is global in the
 * package: no tracer, no instrumentation, no handlers of uncaught errors, no host name.
 *
 * @throws the error ERR_MODULE_NOT_FOUND if the package is not installed.
 */
export async function startSentry({ dsn, environment, release }: SentryOptions): Promise<ErrorSink> {
  const { NodeClient, makeNodeTransport } = await import('@sentry/node')
  const { protocol, host, pathname } = new URL(dsn)
  const pending = new Map<string, { readonly done: Done; readonly traceId: string | undefined }>()
  /** Why the latest request failed: the package does not pass it on. */
  let problem = 'not sent'

  const client = new NodeClient({
    dsn,
    environment,
    release,
    transport: makeNodeTransport,
    transportOptions: { httpModule: limitTime(protocol === 'https:' ? https : http, text => (problem = text)) },
    stackParser: () => [],
    integrations: [],
    includeServerName: false,
    enableRuntimeChannelInjection: false,
    sendClientReports: false,
    traceLifecycle: 'static',
    beforeSend: event => withTrace(event, pending.get(event.event_id ?? '')?.traceId),
  })
  client.on('afterSendEvent', (event, result) => pending.get(event.event_id ?? '')?.done(resultOf(result, problem)))

  const tracker = trackExports('errors', `${protocol}//${host}${pathname}`, {
    isConfigured: true,
    timeoutMs: EVENT_TIMEOUT_MS,
    // A report of no losses, which Sentry accepts without storing it.
    sendNothing: done => {
      const nothing = { timestamp: Date.now() / 1000, discarded_events: [] }
      void client
        .sendEnvelope([{ sent_at: new Date().toISOString() }, [[{ type: 'client_report' }, nothing]]])
        .then(result => done(resultOf(result, problem)))
    },
  })

  return {
    send(report) {
      const id = randomUUID().replaceAll('-', '')
      const send = (done: Done) => {
        pending.set(id, { done, traceId: report.traceId })
        // Otherwise each request to Sentry would be a span.
        context.with(suppressTracing(context.active()), () => client.captureEvent(toSentryEvent(report, id), { event_id: id }))
      }
      tracker.attempt(1, send, () => pending.delete(id))
    },
    ...createLosses(tracker),
    async close(timeoutMs) {
      const before = tracker.state.dropped
      if (pending.size > 0) await client.close(timeoutMs)
      for (const { done } of pending.values()) done(toExportResult('stopped'))
      return tracker.state.dropped - before
    },
  }
}

/** Removes the trace that the package makes up for an event without one. */
function withTrace(event: SentEvent, traceId: string | undefined): SentEvent {
  const { trace, ...others } = event.contexts ?? {}
  return { ...event, contexts: traceId === undefined ? others : { trace, ...others }, sdkProcessingMetadata: {} }
}

function resultOf({ statusCode = 0 }: SendResult, problem: string): ExportResult {
  return toExportResult(statusCode >= 200 && statusCode < 300 ? undefined : problem)
}

/** A receiver that never answers must not keep connections. */
function limitTime(module: typeof http | typeof https, onProblem: (text: string) => void): HttpModule {
  return {
    request(options, callback) {
      const request = module.request({ ...options, timeout: REQUEST_TIMEOUT_MS }, reply => {
        if ((reply.statusCode ?? 0) >= 300) onProblem(`HTTP ${reply.statusCode}`)
        callback(reply)
      })
      request.on('timeout', () => request.destroy(new Error(`no answer within ${REQUEST_TIMEOUT_MS} ms`)))
      request.on('error', error => onProblem(error.message || 'no connection'))
      return request
    },
  }
}

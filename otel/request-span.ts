import { context, isSpanContextValid, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { ATTRIBUTES } from './conventions.ts'
import { errorType } from './tracing.ts'

export interface IncomingRequest {
  readonly method: string
  /** Template of the route, told instead of the path: that may hold ids which open a session, or anything else. Undefined where none matched. */
  readonly route: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

export interface ServedRequest {
  /** Template of the route; undefined where none matched. */
  readonly route: string | undefined
  readonly statusCode: number
  /** Why it failed, if it did. */
  readonly error?: unknown
}

/** The root span of one request. */
export interface RequestSpan {
  /** 32 hexadecimal digits; undefined where nothing is traced. */
  readonly traceId: string | undefined
  /**
   * Runs a function with this span active. The context follows what the function starts, but not what was there before: after the body has been
   * read it has to be entered again.
   */
  run<Result>(fn: () => Result): Result
  end(served: ServedRequest): void
}

const tracer = trace.getTracer('pellucid')

/** Starts the SERVER span of a request, as a part of the caller's trace where the request says which (`traceparent`). */
export function startRequestSpan({ method, route, headers }: IncomingRequest): RequestSpan {
  const caller = propagation.extract(ROOT_CONTEXT, headers)
  const attributes = {
    [ATTRIBUTES.httpRequestMethod]: method,
    ...(route !== undefined && { [ATTRIBUTES.urlPath]: route }),
    [ATTRIBUTES.urlScheme]: 'http',
  }
  const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, caller)
  const scope = trace.setSpan(caller, span)
  const ids = span.spanContext()
  return {
    traceId: isSpanContextValid(ids) ? ids.traceId : undefined,
    run: fn => context.with(scope, fn),
    end({ route, statusCode, error }) {
      span.setAttribute(ATTRIBUTES.httpResponseStatusCode, statusCode)
      if (route !== undefined) {
        span.updateName(`${method} ${route}`)
        span.setAttribute(ATTRIBUTES.httpRoute, route)
      }
      if (statusCode >= 500) {
        span.setAttribute(ATTRIBUTES.errorType, error === undefined ? String(statusCode) : errorType(error))
        span.setStatus({ code: SpanStatusCode.ERROR })
      }
      span.end()
    },
  }
}

import { context, isSpanContextValid, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { readCallerContext } from './caller-context.ts'
import { preciseNow } from './clock.ts'
import { ATTRIBUTES, TRACER_NAME } from './conventions.ts'
import { recordException } from './exception.ts'

/** Methods known to the HTTP conventions. Others would create unbounded span names. */
const KNOWN_METHODS: ReadonlySet<string> = new Set('GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY'.split(' '))

export interface IncomingRequest {
  readonly method: string
  /** `http` or `https`. */
  readonly scheme: string
  /**
   * Route template, used instead of the path, which may contain session ids. Undefined if no route
   * matched.
   */
  readonly route: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

export interface ServedRequest {
  readonly statusCode: number
  /** The error that caused a failure. */
  readonly error?: unknown
}

/** The root span of a request. */
export interface RequestSpan {
  /** 32 hexadecimal digits; undefined if tracing is off. */
  readonly traceId: string | undefined
  /** 16 hexadecimal digits; undefined if tracing is off. */
  readonly spanId: string | undefined
  /**
   * Runs a function with this span active. Its asynchronous calls inherit the context; socket
   * events do not, so enter it again after reading the body.
   */
  run<Result>(fn: () => Result): Result
  /**
   * Ends the span. Only 5xx is a failure; its error is recorded here unless a child span has done
   * so.
   */
  end(served: ServedRequest): void
}

const tracer = trace.getTracer(TRACER_NAME)

/**
 * Starts the SERVER span of a request, as a child of the caller's span if the request has a
 * `traceparent`.
 */
export function startRequestSpan({ method, scheme, route, headers }: IncomingRequest): RequestSpan {
  const caller = readCallerContext(headers)
  const isKnown = KNOWN_METHODS.has(method)
  const attributes = {
    ...(isKnown
      ? { [ATTRIBUTES.httpRequestMethod]: method }
      : { [ATTRIBUTES.httpRequestMethod]: '_OTHER', [ATTRIBUTES.httpRequestMethodOriginal]: method }),
    [ATTRIBUTES.httpRoute]: route,
    [ATTRIBUTES.urlScheme]: scheme,
  }
  const nameOfMethod = isKnown ? method : 'HTTP'
  const name = route === undefined ? nameOfMethod : `${nameOfMethod} ${route}`
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes, startTime: preciseNow() }, caller)
  const scope = trace.setSpan(caller, span)
  const ids = span.spanContext()
  const { traceId, spanId } = isSpanContextValid(ids) ? ids : {}
  return {
    traceId,
    spanId,
    run: fn => context.with(scope, fn),
    end({ statusCode, error }) {
      span.setAttribute(ATTRIBUTES.httpResponseStatusCode, statusCode)
      if (statusCode >= 500) {
        if (error !== undefined) recordException(span, error, true)
        else span.setAttribute(ATTRIBUTES.errorType, String(statusCode))
        // By convention, the status code needs no description.
        span.setStatus({ code: SpanStatusCode.ERROR })
      }
      span.end(preciseNow())
    },
  }
}

import { context, isSpanContextValid, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { preciseNow } from './clock.ts'
import { ATTRIBUTES, TRACER_NAME } from './conventions.ts'
import { tellError } from './exception.ts'

/** What the conventions of HTTP spans call known; any other method would make names and figures without number. */
const KNOWN_METHODS: ReadonlySet<string> = new Set('GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY'.split(' '))

export interface IncomingRequest {
  readonly method: string
  /** `http` or `https`. */
  readonly scheme: string
  /** Template of the route, told instead of the path: that may hold ids which open a session, or anything else. Undefined where none matched. */
  readonly route: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

export interface ServedRequest {
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
  /** Only a 5xx is a failure; an error which no span below has told is told here then. */
  end(served: ServedRequest): void
}

const tracer = trace.getTracer(TRACER_NAME)

/** Starts the SERVER span of a request, as a part of the caller's trace where the request says which (`traceparent`). */
export function startRequestSpan({ method, scheme, route, headers }: IncomingRequest): RequestSpan {
  const caller = propagation.extract(ROOT_CONTEXT, headers)
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
  return {
    traceId: isSpanContextValid(ids) ? ids.traceId : undefined,
    run: fn => context.with(scope, fn),
    end({ statusCode, error }) {
      span.setAttribute(ATTRIBUTES.httpResponseStatusCode, statusCode)
      if (statusCode >= 500) {
        if (error !== undefined) tellError(span, error, true)
        else span.setAttribute(ATTRIBUTES.errorType, String(statusCode))
        // The conventions want no description where the status says it all.
        span.setStatus({ code: SpanStatusCode.ERROR })
      }
      span.end(preciseNow())
    },
  }
}

import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ChatError } from '../../../src/errors.ts'
import type { ErrorReply } from '../replies/error-reply.ts'

/** The subset of a request's root span that is needed here. */
export interface RequestSpan {
  /** 32 hexadecimal digits; undefined if the request is not traced. */
  readonly traceId: string | undefined
  /** 16 hexadecimal digits; undefined if the request is not traced. */
  readonly spanId: string | undefined
  run<Result>(fn: () => Result): Result
  end(served: { readonly statusCode: number; readonly error?: unknown }): void
}

/** The observable state of one request. */
export interface RequestTelemetry {
  /** Undefined if the request is not traced: probes, and all requests while telemetry is off. */
  readonly span: RequestSpan | undefined
  /** `loopback`, or the pseudonym of the client's address. */
  readonly client: string
  /** Runs a function in the context of the request: its span and its log ids. */
  run<Result>(fn: () => Result): Result
  /** Why the request failed. Logged with the request, so that a failure has one line. */
  failure: ChatError | undefined
  /** Whether the reply has been handed to the operating system. */
  isServed: boolean
}

/** Records requests that are refused before their hooks run. */
export interface RefusalRecorder {
  /** Counts and logs a request that Fastify refused before the hooks ran. */
  recordFrameworkError(request: FastifyRequest, reply: FastifyReply, error: ErrorReply): void
  /** Counts and logs bytes that are not an HTTP request. */
  recordClientError(socket: Socket, error: ErrorReply): void
  /** Logs the counts of refused callers that are a minute old, or all. */
  logRepeated(isLast?: boolean): void
}

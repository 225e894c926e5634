import { type Attributes, isSpanContextValid, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { ATTRIBUTES } from './conventions.ts'

export interface SpanOptions<Result> {
  /** `SpanKind.INTERNAL` by default. */
  readonly kind?: SpanKind
  readonly attributes?: Attributes
  /** What the result says about the step. Called only where the span is recorded. */
  readonly outcome?: (result: Result) => Attributes
  /** Whether an error is the service's own fault; by default what `judgeFailuresBy` was given says so. */
  readonly isFailure?: (error: unknown) => boolean
}

export interface TracedOptions<Args extends readonly unknown[], Result> extends Omit<SpanOptions<Result>, 'attributes'> {
  /** What the arguments say about the step. Called only where the span is recorded. */
  readonly attributes?: (...args: Args) => Attributes
}

/** An operation of the database: its summary (few in number: `SELECT sessions`), and its text without values. */
export interface TracedOperation {
  readonly name: string
  readonly text: string
  readonly kind: 'read' | 'write'
}

const tracer = trace.getTracer('pellucid')
let isServiceFault: (error: unknown) => boolean = () => true
let redact: (text: string) => string = text => text

/** Says, once for the process, which errors are the service's own fault and mark a span as failed; until then all do. */
export function judgeFailuresBy(predicate: (error: unknown) => boolean): void {
  isServiceFault = predicate
}

/** Says, once for the process, how text is made fit to leave it: what the messages and stacks of errors go through. */
export function redactTextBy(redactText: (text: string) => string): void {
  redact = redactText
}

/**
 * Makes of a function one that does the same within a span, a child of whichever is active. An error is told on the span and thrown on; it
 * marks the span as failed only where `isFailure` says that it is the service's own.
 */
export function traced<Args extends readonly unknown[], Result>(
  name: string,
  fn: (...args: Args) => Result,
  { attributes, ...options }: TracedOptions<Args, Awaited<Result>> = {},
): (...args: Args) => Result {
  return (...args) =>
    inSpan(name, options, span => {
      if (attributes !== undefined && span.isRecording()) span.setAttributes(attributes(...args))
      return fn(...args)
    })
}

/** Runs a function, once, within a span: what `traced` does, for a name or attributes that are known only now. */
export function inSpan<Result>(name: string, options: SpanOptions<Awaited<Result>>, fn: (span: Span) => Result): Result {
  const { kind = SpanKind.INTERNAL, attributes, outcome, isFailure = isServiceFault } = options
  return tracer.startActiveSpan(name, { kind, attributes }, span => {
    const succeed = (result: Awaited<Result>) => {
      if (outcome !== undefined && span.isRecording()) span.setAttributes(outcome(result))
      span.end()
    }
    const fail = (error: unknown) => {
      tellError(span, error, isFailure(error))
      span.end()
    }
    try {
      const result = fn(span)
      if (isPromise(result)) result.then(succeed, fail)
      else succeed(result as Awaited<Result>)
      return result
    } catch (error) {
      fail(error)
      throw error
    }
  })
}

/**
 * Runs a database operation within a CLIENT span named by its summary, and hands its duration on. Outside of any span there is none: what the
 * background asks several times a second would bury the traces of requests.
 */
export function traceDatabase<Result>(
  { name, text, kind }: TracedOperation,
  run: () => Result,
  record: (name: string, durationMs: number) => void,
): Result {
  const started = performance.now()
  const done = () => record(name, performance.now() - started)
  const attributes = {
    [ATTRIBUTES.dbSystemName]: 'sqlite',
    [ATTRIBUTES.dbQuerySummary]: name,
    // A write is a named operation of several statements, which is what the conventions call a stored procedure.
    [kind === 'read' ? ATTRIBUTES.dbQueryText : ATTRIBUTES.dbStoredProcedureName]: text,
  }
  const measured = () => {
    try {
      const result = run()
      if (isPromise(result)) result.then(done, done)
      else done()
      return result
    } catch (error) {
      done()
      throw error
    }
  }
  return trace.getActiveSpan() === undefined ? measured() : inSpan(name, { kind: SpanKind.CLIENT, attributes }, measured)
}

/** Ids of the active span as log lines carry them; undefined outside of a span. */
export function activeTraceIds(): { readonly trace_id: string; readonly span_id: string } | undefined {
  const context = trace.getActiveSpan()?.spanContext()
  if (context === undefined || !isSpanContextValid(context)) return undefined
  return { trace_id: context.traceId, span_id: context.spanId }
}

/** The kind of an error in few words: its code, or its class. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' ? code : error.name
}

function tellError(span: Span, error: unknown, failed: boolean): void {
  span.recordException(
    error instanceof Error
      ? { name: error.name, message: redact(error.message), stack: redact(error.stack ?? '') }
      : redact(String(error)),
  )
  if (!failed) return
  span.setAttribute(ATTRIBUTES.errorType, errorType(error))
  span.setStatus({ code: SpanStatusCode.ERROR, message: errorType(error) })
}

function isPromise(value: unknown): value is Promise<never> {
  return value instanceof Promise
}

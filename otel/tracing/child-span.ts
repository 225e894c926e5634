import {
  type Attributes,
  type AttributeValue,
  diag,
  type Exception,
  type HrTime,
  type Link,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
} from '@opentelemetry/api'
import {
  AddAttributeDecision,
  cleanAttributes,
  cleanSimpleAttributes,
  hrTimeDuration,
  isTimeInput,
  maybeAddAttribute,
  millisToHrTime,
  timeInputToHrTime,
} from '@opentelemetry/core'
import type { ReadableSpan, SpanProcessor, TimedEvent } from '@opentelemetry/sdk-trace'
import { preciseNow } from './clock.ts'
import { ATTRIBUTES } from './conventions.ts'

/** Defaults of the SDK. The limit of 128 applies to the attributes of events and links as well. */
const LIMITS = { attributeCountLimit: 128, attributeValueLengthLimit: Number.POSITIVE_INFINITY }
const MAX_EVENTS = 128
const MAX_LINKS = 128
const UNSET: SpanStatus = { code: SpanStatusCode.UNSET }

export interface ChildSpanOptions {
  readonly name: string
  readonly kind: SpanKind
  readonly spanId: string
  /** Resource and scope are the parent's. */
  readonly parent: ReadableSpan
  readonly attributes: Attributes | undefined
  /** Milliseconds since 1970. */
  readonly startTime: number
  readonly processors: readonly SpanProcessor[]
}

/**
 * A recorded span whose parent is a recorded span of this service. It behaves like the SDK's spans
 * with their default limits, in half the time: the SDK asks its sampler again, copies attributes
 * twice, and prepares for events and links that most spans do not have.
 */
export class ChildSpan implements Span, ReadableSpan {
  name: string
  readonly kind: SpanKind
  readonly attributes: Attributes
  readonly startTime: HrTime
  endTime: HrTime = [0, 0]
  status = UNSET
  ended = false
  droppedAttributesCount: number
  droppedEventsCount = 0
  droppedLinksCount = 0
  readonly parentSpanContext: SpanContext
  readonly resource: ReadableSpan['resource']
  readonly instrumentationScope: ReadableSpan['instrumentationScope']
  readonly #context: SpanContext
  readonly #processors: readonly SpanProcessor[]
  /** Number of attributes. */
  #count: number
  /** Most spans have none. */
  #events: TimedEvent[] | undefined
  #links: Link[] | undefined

  constructor({ name, kind, spanId, parent, attributes, startTime, processors }: ChildSpanOptions) {
    const { traceId, traceFlags, traceState } = parent.spanContext()
    const cleaned = cleanAttributes(attributes, LIMITS)
    this.name = name
    this.kind = kind
    this.attributes = cleaned.attributes ?? {}
    this.#count = Object.keys(this.attributes).length
    this.droppedAttributesCount = cleaned.droppedAttributesCount ?? 0
    this.startTime = millisToHrTime(startTime)
    this.parentSpanContext = parent.spanContext()
    this.resource = parent.resource
    this.instrumentationScope = parent.instrumentationScope
    this.#context = { traceId, spanId, traceFlags, traceState }
    this.#processors = processors
  }

  get events(): TimedEvent[] {
    return this.#events ?? []
  }

  get links(): Link[] {
    return this.#links ?? []
  }

  get duration(): HrTime {
    return this.ended ? hrTimeDuration(this.startTime, this.endTime) : [-1, -1]
  }

  spanContext(): SpanContext {
    return this.#context
  }

  isRecording(): boolean {
    return !this.ended
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (this.#isOver()) return this
    const { attributes } = this
    const decision = maybeAddAttribute({ key, value, attributes, limits: LIMITS, currentAttributesCount: this.#count })
    if (decision === AddAttributeDecision.ADD_NEW) this.#count++
    if (decision === AddAttributeDecision.DROP_LIMIT_REACHED) this.droppedAttributesCount++
    return this
  }

  setAttributes(attributes: Attributes): this {
    for (const [key, value] of Object.entries(attributes)) this.setAttribute(key, value as AttributeValue)
    return this
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.#isOver()) return this
    const isTime = isTimeInput(attributesOrTime)
    const at = isTimeInput(time) ? time : isTime ? attributesOrTime : preciseNow()
    this.#events ??= []
    if (
      this.#events.push({
        name,
        time: timeInputToHrTime(at),
        ...cleanSimpleAttributes(isTime ? undefined : attributesOrTime, LIMITS),
      }) > MAX_EVENTS
    ) {
      this.#events.shift()
      this.droppedEventsCount++
    }
    return this
  }

  addLink({ context, attributes }: Link): this {
    if (this.#isOver()) return this
    this.#links ??= []
    if (this.#links.push({ context, ...cleanAttributes(attributes, LIMITS) }) > MAX_LINKS) {
      this.#links.shift()
      this.droppedLinksCount++
    }
    return this
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link)
    return this
  }

  setStatus({ code, message }: SpanStatus): this {
    if (this.#isOver() || code === SpanStatusCode.UNSET || this.status.code === SpanStatusCode.OK) return this
    this.status = code === SpanStatusCode.ERROR && typeof message === 'string' ? { code, message } : { code }
    return this
  }

  updateName(name: string): this {
    if (!this.#isOver()) this.name = name
    return this
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const { code, name, message, stack } = typeof exception === 'string' ? { message: exception } : exception
    this.addEvent(
      'exception',
      {
        [ATTRIBUTES.exceptionType]: (code || name)?.toString() || undefined,
        [ATTRIBUTES.exceptionMessage]: message || undefined,
        [ATTRIBUTES.exceptionStacktrace]: stack || undefined,
      },
      time,
    )
  }

  end(time: TimeInput = preciseNow()): void {
    if (this.#isOver()) return
    const end = timeInputToHrTime(time)
    const isBackwards = hrTimeDuration(this.startTime, end)[0] < 0
    if (isBackwards) diag.warn(`${this.name} ended before it started. Its duration is 0.`)
    this.endTime = isBackwards ? this.startTime : end
    for (const processor of this.#processors) processor.onEnding?.(this)
    this.ended = true
    for (const processor of this.#processors) processor.onEnd(this)
  }

  #isOver(): boolean {
    if (this.ended) diag.warn(`The span ${this.name} has ended and cannot be changed.`)
    return this.ended
  }
}

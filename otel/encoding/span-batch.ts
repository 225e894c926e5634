import type { InstrumentationScope } from '@opentelemetry/core'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { ProtobufWriter } from './protobuf-writer.ts'
import { writeAttributes, writeSpan } from './span-encoding.ts'

/** Room for the resource and the scopes of a request. */
const HEAD_BYTES = 2048
/** In a message of a resource's or a scope's spans. */
const FIELDS = { head: 1, items: 2, schemaUrl: 3 } as const

/**
 * Spans that are exported together. Each is encoded when it is added, so a span does not outlive
 * its request: the garbage collector copies objects that live longer.
 */
export class SpanBatch {
  #count = 0
  /** The encoded spans of each scope. */
  readonly #groups = new Map<Resource, Map<InstrumentationScope, ProtobufWriter>>()

  /** Number of spans. */
  get count(): number {
    return this.#count
  }

  /** Adds an ended span. Throws, and adds nothing, if its name is not a text. */
  add(span: ReadableSpan): void {
    const group = this.#groupOf(span)
    const { length } = group
    try {
      writeSpan(group, FIELDS.items, span)
    } catch (error) {
      group.length = length
      throw error
    }
    this.#count++
  }

  /** Whether attributes of a resource are still being read. */
  get isResourcePending(): boolean {
    return [...this.#groups.keys()].some(({ asyncAttributesPending }) => asyncAttributesPending)
  }

  /** Resolves when the attributes of all resources are known. */
  async waitForResource(): Promise<void> {
    for (const resource of this.#groups.keys()) await resource.waitForAsyncAttributes?.()
  }

  /** Returns an `ExportTraceServiceRequest`, byte for byte as the official exporter encodes it. */
  encode(): Uint8Array {
    const spans = [...this.#groups.values()].flatMap(scopes => [...scopes.values()])
    const to = new ProtobufWriter(HEAD_BYTES + spans.reduce((total, { length }) => total + length, 0))
    for (const [resource, scopes] of this.#groups) {
      const message = to.begin(1)
      writeResource(to, resource)
      for (const [scope, { written }] of scopes) writeScopeSpans(to, scope, written)
      if (resource.schemaUrl) to.text(FIELDS.schemaUrl, resource.schemaUrl)
      to.end(message)
    }
    return to.written
  }

  #groupOf({ resource, instrumentationScope }: ReadableSpan): ProtobufWriter {
    const scopes = this.#groups.get(resource) ?? new Map<InstrumentationScope, ProtobufWriter>()
    const known = scopes.get(instrumentationScope)
    if (known !== undefined) return known
    const group = new ProtobufWriter()
    this.#groups.set(resource, scopes.set(instrumentationScope, group))
    return group
  }
}

function writeResource(to: ProtobufWriter, { attributes }: Resource): void {
  const message = to.begin(FIELDS.head)
  writeAttributes(to, 1, attributes)
  // Dropped attributes: resources have no limit.
  to.integer(2, 0)
  to.end(message)
}

function writeScopeSpans(to: ProtobufWriter, scope: InstrumentationScope, spans: Uint8Array): void {
  const message = to.begin(FIELDS.items)
  const head = to.begin(FIELDS.head)
  to.text(1, scope.name)
  if (scope.version) to.text(2, scope.version)
  to.end(head)
  to.raw(spans)
  if (scope.schemaUrl) to.text(FIELDS.schemaUrl, scope.schemaUrl)
  to.end(message)
}

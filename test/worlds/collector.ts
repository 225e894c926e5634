import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { readTraceRequest } from './otlp-request.ts'

interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

interface Event {
  readonly name: string
  readonly attributes: readonly Attribute[]
}

export interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status: { readonly code: number; readonly message?: string }
  readonly attributes: readonly Attribute[]
  readonly events: readonly Event[]
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[]
}

/** A minimal OTLP collector, for protobuf and JSON over HTTP. */
export interface Collector {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string
  /** Spans received so far, and the resources they came from. */
  readonly spans: OtlpSpan[]
  readonly resources: Record<string, unknown>[]
  /** Names of the scopes of each request. */
  readonly scopes: string[][]
  /** Request bodies by path. */
  readonly bodies: Record<string, string[]>
  named(name: string): OtlpSpan | undefined
  /** Overrides the answer; undefined accepts requests again. */
  answerBy(answer: ((reply: ServerResponse) => void) | undefined): void
}

/** Starts a collector on a free port; it stops with the test. Refused requests are not stored. */
export async function startCollector(t: { teardown(fn: () => unknown): void }): Promise<Collector> {
  const spans: OtlpSpan[] = []
  const resources: Record<string, unknown>[] = []
  const scopes: string[][] = []
  const bodies: Record<string, string[]> = {}
  let refuse: ((reply: ServerResponse) => void) | undefined
  const server = createServer(async (request, reply) => {
    const body = await buffer(request)
    const contentType = request.headers['content-type']
    if (refuse !== undefined) return refuse(reply)
    const path = request.url ?? ''
    bodies[path] = [...(bodies[path] ?? []), body.toString()]
    if (path === '/v1/traces') {
      for (const { resource, scopeSpans } of readTraceRequest(body, contentType).resourceSpans ?? []) {
        resources.push(attributesOf(resource))
        scopes.push(scopeSpans.map(({ scope }: { scope: { name: string } }) => scope.name))
        for (const scope of scopeSpans) spans.push(...scope.spans)
      }
    }
    reply.setHeader('content-type', contentType ?? '').end(contentType === 'application/json' ? '{}' : '')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    resources,
    scopes,
    bodies,
    named: name => spans.find(span => span.name === name),
    answerBy: answer => {
      refuse = answer
    },
  }
}

/** Returns attributes as an object. */
export function attributesOf(holder: { readonly attributes: readonly Attribute[] } | undefined): Record<string, unknown> {
  return Object.fromEntries((holder?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]))
}

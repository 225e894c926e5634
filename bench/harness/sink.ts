/** Receives OTLP over HTTP (protobuf) and returns the number of spans on GET. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Field numbers of the path to a span: resource_spans, scope_spans, spans. */
const PATH_TO_SPAN = [1, 2, 2]
const LENGTH_DELIMITED = 2

let spans = 0

const server = createServer((request, reply) => {
  if (request.method === 'GET') return reply.end(String(spans))
  const chunks: Buffer[] = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', () => {
    if (request.url === '/v1/traces') spans += countFields(Buffer.concat(chunks), PATH_TO_SPAN)
    reply.setHeader('content-type', 'application/x-protobuf').end()
  })
})
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))

/** Counts the fields at a path of nested messages. All fields on the way are length-delimited. */
function countFields(message: Buffer, [field, ...rest]: readonly number[]): number {
  let count = 0
  let at = 0
  const readVarint = () => {
    let value = 0
    let factor = 1
    for (let byte = 128; byte >= 128; factor *= 128) {
      byte = message[at++] ?? 0
      value += (byte & 127) * factor
    }
    return value
  }
  while (at < message.length) {
    const tag = readVarint()
    if ((tag & 7) !== LENGTH_DELIMITED) throw new Error(`unexpected wire type ${tag & 7}`)
    const length = readVarint()
    if (tag >> 3 === field) count += rest.length === 0 ? 1 : countFields(message.subarray(at, at + length), rest)
    at += length
  }
  return count
}

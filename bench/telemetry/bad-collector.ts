/**
 * What stands at a collector's address and is none.
 *
 *   node bench/telemetry/bad-collector.ts PORT silent|slow|refusing
 */
import { createServer } from 'node:http'

/** Longer than turns wait for anything, shorter than the exporters' limit of 10 s. */
const SLOW_MS = 5000

const [port, manner] = process.argv.slice(2)
const server = createServer((request, reply) => {
  request.resume()
  if (manner === 'slow') setTimeout(() => reply.setHeader('content-type', 'application/x-protobuf').end(), SLOW_MS)
  if (manner === 'refusing') reply.writeHead(503).end()
})
server.listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`))

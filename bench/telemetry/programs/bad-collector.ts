/**
 * Listens at the address of a collector and misbehaves.
 *
 *   node bench/telemetry/programs/bad-collector.ts PORT silent|slow|refusing
 */
import { createServer } from 'node:http'

/** Below the exporters' timeout of 10 s. */
const SLOW_MS = 5000

const [port, mode] = process.argv.slice(2)
const server = createServer((request, reply) => {
  request.resume()
  if (mode === 'slow') setTimeout(() => reply.setHeader('content-type', 'application/x-protobuf').end(), SLOW_MS)
  if (mode === 'refusing') reply.writeHead(503).end()
})
server.listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`))

import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ChatError, type ErrorCode, errnoOf } from '../../../src/errors.ts'
import { closeGently } from '../connections/last-reply.ts'
import { toChatError, toErrorReply } from './error-reply.ts'

/** Errors of Node's HTTP parser that have a code of their own; all others are MALFORMED_REQUEST. */
const CLIENT_ERRORS: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'PAYLOAD_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
}

/**
 * Replies to an error that Fastify found before the hooks ran, such as a path that cannot be
 * decoded.
 */
export function answerFrameworkError(thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { pipelining, telemetry } = request.server
  pipelining.enter(request, reply, () => {
    const error = toErrorReply(toChatError(thrown), { requestId: request.id })
    telemetry.recordFrameworkError(request, reply, error)
    reply.code(error.statusCode).send(error)
  })
}

/**
 * Replies to bytes that are not an HTTP request, or do not arrive in time, with the shape of every
 * other error, and closes the connection. Fastify calls it with itself as `this`.
 */
export function answerClientError(this: FastifyInstance, thrown: Error, socket: Socket): void {
  const problem = errnoOf(thrown) ?? ''
  const code = CLIENT_ERRORS[problem] ?? 'MALFORMED_REQUEST'
  const unfinished = this.pipelining.findUnfinished(socket)
  const hasLeft = problem === 'ECONNRESET' || (problem === 'HPE_INVALID_EOF_STATE' && unfinished !== undefined)
  if (hasLeft || !socket.writable) socket.destroy()
  // The reply came before the body, and may not have been read: a request gets no second one.
  else if (unfinished?.sent) closeGently(socket)
  // The request is refused already: a second error would change the status of that reply.
  else if (unfinished?.request.telemetry?.failure !== undefined) unfinished.header('connection', 'close')
  // The error is in the body of this request.
  else if (unfinished !== undefined) unfinished.header('connection', 'close').send(new ChatError(code))
  else this.pipelining.enterLast(socket, () => refuseConnection(this, socket, new ChatError(code)))
}

/** Replies on the bare socket, which has no request that could be answered, and closes it. */
export function refuseConnection({ telemetry }: FastifyInstance, socket: Socket, problem: ChatError): void {
  const error = toErrorReply(problem, { requestId: randomUUID() })
  telemetry.recordClientError(socket, error)
  const body = JSON.stringify(error)
  socket.write(
    `HTTP/1.1 ${error.statusCode} ${error.error}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n${body}`,
  )
  closeGently(socket)
}

import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ChatError, type ErrorCode, errnoOf } from '../../src/errors.ts'
import { toChatError, toErrorReply } from './error-reply.ts'

/** Errors of Node's HTTP parser that have a code of their own; all others are MALFORMED_REQUEST. */
const CLIENT_ERRORS: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
}

/**
 * Replies to an error that Fastify found before the hooks ran, such as a path that cannot be
 * decoded.
 */
export function answerFrameworkError(thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const error = toErrorReply(toChatError(thrown), { requestId: request.id })
  request.server.telemetry.recordFrameworkError(request, reply, error)
  reply.code(error.statusCode).send(error)
}

/**
 * Replies on the bare socket to bytes that are not an HTTP request, with the shape of every other
 * error. Fastify calls it with itself as `this`.
 */
export function answerClientError(this: FastifyInstance, thrown: Error, socket: Socket): void {
  // The client has disconnected, or a reply has begun: no reply can be sent.
  if (errnoOf(thrown) === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy()
    return
  }
  const code = CLIENT_ERRORS[errnoOf(thrown) ?? ''] ?? 'MALFORMED_REQUEST'
  const error = toErrorReply(new ChatError(code), { requestId: randomUUID() })
  // Otherwise the line of the request in progress reports it.
  if (!this.telemetry.isServing(socket)) this.telemetry.recordClientError(socket, error)
  const body = JSON.stringify(error)
  socket.end(
    `HTTP/1.1 ${error.statusCode} ${error.error}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n${body}`,
  )
}

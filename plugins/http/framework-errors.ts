import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ChatError, type ErrorCode } from '../../src/errors.ts'
import { ERROR_STATUSES, NO_TRACE, toChatError, toErrorReply } from './error-reply.ts'

/** Node's names for what can be wrong before there is a request. */
const CLIENT_ERRORS: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
}

/** Answers an error that Fastify met before the hooks ran, such as a path that cannot be decoded. */
export function answerFrameworkError(thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const error = toChatError(thrown)
  const status = ERROR_STATUSES[error.code]
  request.server.telemetry.recordRefusal(error.code, { status, tookMs: reply.elapsedTime })
  request.log.info({ module: 'http', function: 'answer_framework_error', code: error.code, status }, 'Request refused')
  reply.code(status).send(toErrorReply(error, { requestId: request.id, traceId: NO_TRACE }))
}

/** Answers bytes that are no HTTP request, on the bare socket, in the same shape as every other error; Fastify calls it with itself as `this`. */
export function answerClientError(this: FastifyInstance, thrown: Error & { code?: string }, socket: Socket): void {
  // The client is gone, or the reply has begun: there is nobody, or no way, to tell.
  if (thrown.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy()
    return
  }
  const reply = toErrorReply(new ChatError(CLIENT_ERRORS[thrown.code ?? ''] ?? 'MALFORMED_REQUEST'), {
    requestId: randomUUID(),
    traceId: NO_TRACE,
  })
  const body = JSON.stringify(reply)
  const { statusCode: status, code, request_id } = reply
  if (!this.telemetry.isServing(socket)) {
    this.telemetry.recordRefusal(code)
    this.log.info({ module: 'http', function: 'answer_client_error', status, code, request_id }, 'Request refused')
  }
  socket.end(
    `HTTP/1.1 ${reply.statusCode} ${reply.error}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n${body}`,
  )
}

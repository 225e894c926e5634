import { STATUS_CODES } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ChatError } from '../../../src/errors.ts'
import { ERROR_STATUSES, toErrorReply } from '../error-reply.ts'

const CODE = 'OVERLOADED'
const STATUS = ERROR_STATUSES[CODE]
/** No valid request id contains a space. */
const ID_MARK = 'request id'
/** An id has no character that JSON escapes. */
const [BEFORE_ID = '', AFTER_ID = ''] = JSON.stringify(toErrorReply(new ChatError(CODE), { requestId: ID_MARK })).split(ID_MARK)
/** Status and code of a refusal, for the metrics. */
export const REFUSED = { status: STATUS, code: CODE }

/**
 * Refuses a request with OVERLOADED before its body is parsed. The reply is written without
 * Fastify's serialization and hooks.
 * @param isLast Whether the connection closes after it.
 */
export function sendRefusal({ id }: FastifyRequest, reply: FastifyReply, retryAfterS: number, isLast: boolean): void {
  const { body, headers } = describe(id, retryAfterS)
  reply.hijack()
  reply.raw.writeHead(STATUS, { ...headers, ...(isLast && { connection: 'close' }) })
  reply.raw.end(body)
}

/** The bytes of the same reply, for a connection that stays open. */
export function writeRefusal(requestId: string, retryAfterS: number, keepAliveMs: number): string {
  const { body, headers } = describe(requestId, retryAfterS)
  let lines = ''
  for (const [name, value] of Object.entries(headers)) lines += `${name}: ${value}\r\n`
  const keepAlive = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n`
  return `HTTP/1.1 ${STATUS} ${STATUS_CODES[STATUS]}\r\n${lines}Date: ${new Date().toUTCString()}\r\n${keepAlive}\r\n${body}`
}

function describe(requestId: string, retryAfterS: number) {
  const body = BEFORE_ID + requestId + AFTER_ID
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(body.length),
    'retry-after': String(retryAfterS),
    'x-request-id': requestId,
  }
  return { body, headers }
}

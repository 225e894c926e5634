import type { FastifyReply, FastifyRequest } from 'fastify'
import { ChatError } from '../../../src/errors.ts'
import { ERROR_STATUSES, toErrorReply } from '../replies/error-reply.ts'

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
  const body = BEFORE_ID + id + AFTER_ID
  reply.hijack()
  reply.raw.writeHead(STATUS, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(body.length),
    'retry-after': String(retryAfterS),
    'x-request-id': id,
    ...(isLast && { connection: 'close' }),
  })
  reply.raw.end(body)
}

import { ERROR_STATUSES } from '../../plugins/edge/replies/error-reply.ts'

export interface Reply {
  readonly status: number
  readonly body: string
}

const SHAPE = ['statusCode', 'code', 'error', 'message', 'request_id']

/** Parses all replies of a connection. What is left over after the last whole one is `rest`. */
export function parseReplies(bytes: Buffer, isHead = false): { readonly replies: readonly Reply[]; readonly rest: string } {
  const replies: Reply[] = []
  let left = bytes
  while (true) {
    const headEnd = left.indexOf('\r\n\r\n')
    const head = left.subarray(0, Math.max(headEnd, 0)).toString('latin1')
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1])
    const length = isHead || status < 200 ? 0 : Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
    const end = headEnd + 4 + length
    if (Number.isNaN(status) || left.length < end) return { replies, rest: left.toString('latin1') }
    if (status >= 200) replies.push({ status, body: left.subarray(headEnd + 4, end).toString() })
    left = left.subarray(end)
  }
}

/** The status of a reply and, of an error, the code. Replies to HEAD have none. */
export function labelOf({ status, body }: Reply, isHead = false): string {
  const code = isHead ? 'HEAD' : /"code":"(\w+)"/.exec(body)?.[1]
  return status < 400 ? String(status) : `${status} ${code ?? 'without code'}`
}

/** Says what is wrong with a reply: its status is not documented, or its shape or code. */
export function findBreach({ status, body }: Reply, isHead = false): string | undefined {
  if (status >= 500 && status !== 503) return `status ${status}`
  if (status < 400 || isHead) return undefined
  try {
    const { trace_id: _, ...error } = JSON.parse(body)
    if (Object.keys(error).join() !== SHAPE.join()) return `an error with the fields ${Object.keys(error)}`
    const documented: Readonly<Record<string, number>> = ERROR_STATUSES
    return documented[error.code] === status && error.statusCode === status ? undefined : `${status} with code ${error.code}`
  } catch {
    return `a ${status} that is not JSON`
  }
}

import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

export interface QuickRefusals {
  /** Whether each request is refused now, of any client. */
  isFull(): boolean
  /** Counts a refusal, and returns its reply; `requestId` is the header of the request. */
  refuse(requestId: string | undefined): string
}

interface Parser {
  /** The packet that is being parsed. Not documented by Node. */
  getCurrentBuffer?(): Buffer | undefined
}

const START = Buffer.from('POST /chat HTTP/1.1\r\n')
/** Such a request is not whole, or its connection does not go on as usual. */
const UNUSUAL = /\r\n(?:transfer-encoding|connection|expect|upgrade) *:/i
const LENGTH = /\r\ncontent-length: *(\d{1,6})(?=\r\n)/gi
const REQUEST_ID = /\r\nx-request-id: *([^\r\n]*)/i
/** More is not in memory for a client that does not read. */
const MAX_UNREAD_BYTES = 16_384

/**
 * Refuses further chat messages on the connection of a request that is being refused, as long as
 * the server is full. Each must be a whole packet. They are not parsed, which halves the processor
 * time of a refusal. The first packet that is anything else, or comes when the server is no longer
 * full, is the parser's again.
 */
export function refuseQuickly(refused: IncomingMessage, refusals: QuickRefusals): void {
  const { socket } = refused
  const { parser } = socket as Socket & { readonly parser?: Parser | null }
  const packet = parser?.getCurrentBuffer?.()
  // Otherwise the parser may have the beginning of the next request.
  if (packet === undefined || readWholeMessage(packet) === undefined) return
  const { bytesRead } = socket
  // Emitted when the body has been read, and the reply has been sent.
  refused.once('close', () => refused.complete && socket.bytesRead === bytesRead && takeOver(socket, refusals))
}

function takeOver(socket: Socket, { isFull, refuse }: QuickRefusals): void {
  const [parse, ...others] = socket.listeners('data') as ((data: Buffer) => void)[]
  if (parse === undefined || others.length > 0 || socket.destroyed || socket.writableEnded) return
  socket.off('data', parse)
  socket.on('data', function take(data: Buffer) {
    const head = isFull() && socket.writableLength <= MAX_UNREAD_BYTES ? readWholeMessage(data) : undefined
    if (head !== undefined) return void socket.write(refuse(REQUEST_ID.exec(head)?.[1]), 'latin1')
    socket.off('data', take)
    socket.on('data', parse)
    parse(data)
  })
}

/** The head of a chat message that is all of these bytes. */
function readWholeMessage(data: Buffer): string | undefined {
  if (data.length < START.length || START.compare(data, 0, START.length) !== 0) return undefined
  const headEnd = data.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = data.toString('latin1', 0, headEnd + 2)
  const lengths = [...head.matchAll(LENGTH)]
  const isWhole = lengths.length === 1 && headEnd + 4 + Number(lengths[0]?.[1]) === data.length
  return isWhole && !UNUSUAL.test(head) ? head : undefined
}

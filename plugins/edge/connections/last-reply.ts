import { Socket } from 'node:net'
import { freeMemory } from '../../../src/base/free-memory.ts'
import { createTurnTaking } from './turn-taking.ts'

/** How long a client may be silent after the last reply on its connection. */
const LINGER_IDLE_MS = 2000
/** How long it may go on sending, such as the rest of a body that is too large. */
const LINGER_MS = 30_000

const readLater = createTurnTaking()
/**
 * Closes a connection after what was written to it has been sent, like `socket.destroySoon()`, but
 * only when the client has closed its side, is silent, or has sent for too long. What it sends is
 * discarded. The system resets a connection that is closed with unread bytes, and the client then
 * loses the reply.
 */
export function closeGently(socket: Socket): void {
  if (socket.destroyed || socket.writableEnded) return
  socket.end()
  discardInput(socket)
  socket.removeAllListeners('end').once('end', () => Socket.prototype.destroySoon.call(socket))
  socket.setTimeout(LINGER_IDLE_MS, () => socket.destroy())
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref()
  socket.once('close', () => clearTimeout(timer))
}

/**
 * Discards what the client sends afterwards. Node's parser would start the requests in it. A client
 * that sends fast is not read at once: 2 MB of each would take the time of others.
 */
export function discardInput(socket: Socket): void {
  socket
    .removeAllListeners('data')
    .on('data', (data: Buffer) => {
      freeMemory(data)
      socket.pause()
      readLater(() => socket.resume())
    })
    .resume()
}

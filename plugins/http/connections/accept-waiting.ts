import type { Server } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** As many connections may wait to be accepted. A turn of the event loop accepts one. */
const MAX_TURNS = 4096

/**
 * Resolves when no connection waits to be accepted. The system resets those that wait when the
 * server stops to listen.
 */
export async function acceptWaiting(server: Server): Promise<void> {
  let accepted = 0
  const count = () => accepted++
  server.on('connection', count)
  for (let before = -1, turn = 0; before !== accepted && turn < MAX_TURNS; turn++) {
    before = accepted
    // The first one may end before the event loop looks for connections.
    await nextTurn()
    await nextTurn()
  }
  server.off('connection', count)
}

import { networkOfAddress } from '../access/client.ts'

/** The subset of a socket that is needed here. */
interface Connection {
  destroy(): void
  readonly remoteAddress?: string | undefined
}

export interface ConnectionShares {
  /** Takes an open connection. May close it, or another one for it. */
  enter(connection: Connection): void
  /** A request has arrived on the connection: it is not silent. */
  speak(connection: Connection): void
  leave(connection: Connection): void
  /** Closes a silent connection, if there is one. */
  makeRoom(): void
}

interface ShareOptions {
  /** Connections that may be open. */
  readonly limit: number
  /** Whether an address may have all of them, such as that of a proxy on this machine. */
  readonly isTrusted: (address: string | undefined) => boolean
  /** A monotonic clock in milliseconds. Default: `performance.now`. */
  readonly now?: () => number
  /** Called for each connection that is closed. */
  readonly onClose: () => void
}

/** Usual clients send a request at once. */
const SILENT_MS = 2000

/**
 * Creates the shares of open connections. A network gets at most half of them. If there is no
 * room, the connection that has been without a complete request for longest is closed, if that is
 * for two seconds.
 */
export function createConnectionShares({
  limit,
  isTrusted,
  now = () => performance.now(),
  onClose,
}: ShareOptions): ConnectionShares {
  const countOf = new Map<string, number>()
  /** When each silent connection was opened, the oldest first. */
  const silentSince = new Map<Connection, number>()
  const open = new Map<Connection, string | undefined>()

  function count(address: string | undefined, change: number): number {
    if (address === undefined) return 0
    const connections = (countOf.get(address) ?? 0) + change
    if (connections > 0) countOf.set(address, connections)
    else countOf.delete(address)
    return connections
  }

  function findSilent(address?: string): Connection | undefined {
    for (const [connection, since] of silentSince) {
      if (now() - since < SILENT_MS) return undefined
      if (address === undefined || open.get(connection) === address) return connection
    }
    return undefined
  }

  function close(connection: Connection | undefined): void {
    if (connection === undefined) return
    onClose()
    connection.destroy()
  }

  return {
    enter(connection) {
      const { remoteAddress } = connection
      const address = isTrusted(remoteAddress) ? undefined : networkOfAddress(remoteAddress)
      open.set(connection, address)
      silentSince.set(connection, now())
      if (count(address, 1) > Math.ceil(limit / 2)) close(findSilent(address) ?? connection)
      else if (open.size >= limit) close(findSilent())
    },
    speak: connection => void silentSince.delete(connection),
    leave(connection) {
      silentSince.delete(connection)
      if (open.has(connection)) count(open.get(connection), -1)
      open.delete(connection)
    },
    makeRoom: () => close(findSilent()),
  }
}

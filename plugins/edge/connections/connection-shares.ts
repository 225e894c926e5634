import { networkOfAddress } from '../../access/callers/client.ts'

/** The subset of a socket that is needed here. */
interface Connection {
  destroy(): void
  readonly remoteAddress?: string | undefined
}

export interface ConnectionShares {
  /** Takes an open connection. May close it, or another one for it. */
  enter(connection: Connection): void
  /** A request has arrived on the connection. */
  begin(connection: Connection): void
  /** A request of the connection has its reply. */
  end(connection: Connection): void
  leave(connection: Connection): void
  /** Closes an idle connection, if there is one. */
  makeRoom(): void
  /** Whether more than half of the connections are in use. */
  isCrowded(): boolean
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

/** What is known of an open connection. */
interface Open {
  /** Undefined if its address may have all connections. */
  readonly network: string | undefined
  /** Requests without a reply so far. */
  requests: number
  hasSpoken: boolean
}

/** Usual clients send a request at once. */
const SILENT_MS = 2000
/** A client that has a reply may be sending its next request. */
const IDLE_MS = 250

/**
 * Creates the shares of open connections. A network gets at most half of them. If there is no
 * room, the connection that has been idle for longest is closed: for at least a quarter of a
 * second, and two seconds without any request so far. One with a request in progress never is.
 */
export function createConnectionShares({
  limit,
  isTrusted,
  now = () => performance.now(),
  onClose,
}: ShareOptions): ConnectionShares {
  const countOf = new Map<string, number>()
  const open = new Map<Connection, Open>()
  /** When each idle connection became so, the longest first. */
  const idleSince = new Map<Connection, number>()

  function count(network: string | undefined, change: number): number {
    if (network === undefined) return 0
    const connections = (countOf.get(network) ?? 0) + change
    if (connections > 0) countOf.set(network, connections)
    else countOf.delete(network)
    return connections
  }

  /** @param network Only its connections; undefined for all. */
  function findIdle(network?: string): Connection | undefined {
    const time = now()
    for (const [connection, since] of idleSince) {
      if (time - since < IDLE_MS) return undefined
      const known = open.get(connection)
      const isLong = known?.hasSpoken || time - since >= SILENT_MS
      if (isLong && (network === undefined || known?.network === network)) return connection
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
      const network = isTrusted(remoteAddress) ? undefined : networkOfAddress(remoteAddress)
      open.set(connection, { network, requests: 0, hasSpoken: false })
      idleSince.set(connection, now())
      if (count(network, 1) > Math.ceil(limit / 2)) close(findIdle(network) ?? connection)
      else if (open.size >= limit) close(findIdle())
    },
    begin(connection) {
      idleSince.delete(connection)
      const known = open.get(connection)
      if (known !== undefined) Object.assign(known, { requests: known.requests + 1, hasSpoken: true })
    },
    end(connection) {
      const known = open.get(connection)
      if (known !== undefined && --known.requests === 0) idleSince.set(connection, now())
    },
    leave(connection) {
      idleSince.delete(connection)
      const known = open.get(connection)
      if (known !== undefined) count(known.network, -1)
      open.delete(connection)
    },
    makeRoom: () => close(findIdle()),
    isCrowded: () => open.size > limit / 2,
  }
}

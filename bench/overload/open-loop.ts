/**
 * Sends prepared requests at a fixed rate over 1,000 raw sockets, whether or not replies arrive. A
 * request waits while all connections wait for a reply.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'

export interface Reply {
  /** From the time at which the request was due to its reply. */
  readonly tookMs: number
  /** 0 if the connection ended before the reply. */
  readonly status: number
  /** When the reply arrived, since the start of the load. */
  readonly atMs: number
  /** Seconds of `Retry-After`. */
  readonly retryAfterS: number | undefined
}

export interface OpenLoad {
  readonly perSecond: number
  readonly seconds: number
}

/** What a request that is not answered counts as. */
const REPLY_LIMIT_MS = 60_000

const CONNECTIONS = 1000

/** Resolves to the replies of all requests, in the order of their arrival. */
export async function loadOpenLoop(
  address: string,
  requests: readonly Buffer[],
  { perSecond, seconds }: OpenLoad,
  connections = CONNECTIONS,
): Promise<Reply[]> {
  const replies: Reply[] = []
  /** Times at which requests were due that have no connection yet. */
  const waiting: number[] = []
  const idle: Connection[] = []
  const open = await Promise.all(Array.from({ length: connections }, () => openConnection(new URL(address), finish)))
  idle.push(...open)
  const started = performance.now()
  const total = Math.floor(perSecond * seconds)
  const now = () => performance.now() - started

  function finish(connection: Connection, status: number, retryAfterS?: number): void {
    replies.push({ status, retryAfterS, atMs: now(), tookMs: now() - connection.dueMs })
    if (status === 0) return
    idle.push(connection)
    sendWaiting()
  }

  let sent = 0
  function sendWaiting(): void {
    while (waiting.length > 0 && idle.length > 0) {
      // In turn: the server closes connections that stay silent for 10 s.
      idle.shift()!.send(requests[sent++ % requests.length] ?? Buffer.of(), waiting.shift()!)
    }
  }

  for (let due = 0; due < total; await setTimeout(1)) {
    for (; due < total && (due * 1000) / perSecond <= now(); due++) waiting.push((due * 1000) / perSecond)
    sendWaiting()
  }
  while (replies.length < total && now() < seconds * 1000 + REPLY_LIMIT_MS) await setTimeout(10)
  for (const { socket } of open) socket.destroy()
  return replies
}

interface Connection {
  readonly socket: Socket
  dueMs: number
  send(bytes: Buffer, dueMs: number): void
}

async function openConnection(
  { hostname, port }: URL,
  onReply: (connection: Connection, status: number, retryAfterS?: number) => void,
): Promise<Connection> {
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  let isWaiting = false
  let awaitedBytes = 0
  let status = 0
  let retryAfterS: number | undefined
  const connection: Connection = {
    socket,
    dueMs: 0,
    send(bytes, dueMs) {
      connection.dueMs = dueMs
      isWaiting = true
      socket.write(bytes)
    },
  }
  socket.setNoDelay()
  socket.on('error', () => undefined)
  socket.on('close', () => {
    if (isWaiting) onReply(connection, 0)
  })
  socket.on('data', data => {
    if (awaitedBytes === 0) {
      const head = data.toString('latin1', 0, 1500)
      status = Number(head.slice(9, 12))
      retryAfterS = status === 503 ? Number(/retry-after: (\d+)/i.exec(head)?.[1]) : undefined
      awaitedBytes = head.indexOf('\r\n\r\n') + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1])
    }
    awaitedBytes -= data.length
    if (awaitedBytes > 0) return
    awaitedBytes = 0
    isWaiting = false
    onReply(connection, status, retryAfterS)
  })
  return connection
}

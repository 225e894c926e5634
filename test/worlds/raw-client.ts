import { connect, type Socket } from 'node:net'
import { until } from './until.ts'

export interface RawClient {
  readonly socket: Socket
  /** All bytes received so far. */
  received(): string
  /** Resolves to all bytes when the server has closed its side, or the connection failed. */
  readonly ended: Promise<string>
  /** Sends a request, and waits for one more reply. */
  exchange(bytes: string): Promise<void>
}

/** Opens a connection that stays open until the server closes it, or the test ends. */
export async function openRaw(t: { teardown(fn: () => unknown): void }, address: string | number): Promise<RawClient> {
  const port = typeof address === 'number' ? address : Number(new URL(address).port)
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const opened = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<string>()
  let received = ''
  socket.on('connect', opened.resolve)
  socket.on('data', data => {
    received += data
  })
  socket.on('end', () => ended.resolve(received))
  socket.on('error', error => {
    opened.reject(error)
    ended.resolve(`${received}${error.message}`)
  })
  t.teardown(() => socket.destroy())
  await opened.promise
  return {
    socket,
    received: () => received,
    ended: ended.promise,
    async exchange(bytes) {
      const before = statusesOf(received).length
      socket.write(bytes)
      await until(() => statusesOf(received).length > before)
    },
  }
}

/** A GET request as bytes. */
export const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`

/** The statuses of all replies in these bytes. */
export const statusesOf = (bytes: string): number[] =>
  [...bytes.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))

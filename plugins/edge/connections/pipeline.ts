export interface PipelineLimits {
  /** Requests that may wait on one connection. */
  readonly waiting: number
  /** Requests that may wait on all connections together. */
  readonly waitingInAll: number
}

/** The subset of a socket that is needed here. */
export interface Connection {
  readonly destroyed: boolean
  destroy(): void
}

export interface Pipelines {
  /**
   * Starts a request when those before it on its connection have been answered. `isRefused` is true
   * for the first request above the limit: it must be answered with an error that closes the
   * connection. Those after it never start. Above the limit for all, the connection is closed.
   * Returns whether this is the first request above the limit: nothing after it need be read.
   */
  enter(connection: Connection, start: (isRefused: boolean) => void): boolean
  /** Starts the last reply of a connection when the requests before it have been answered. */
  enterLast(connection: Connection, start: () => void): void
  /**
   * Ends the request in progress, and starts the next one. Returns how many were dropped instead.
   */
  leave(connection: Connection): number
  /** Whether no request waits for the one in progress. */
  isLast(connection: Connection): boolean
}

interface Pipeline {
  readonly starts: (() => void)[]
  /** Requests received and not started, including those that never start. */
  waiting: number
  /** Whether the last reply of the connection has started: nothing starts after it. */
  isClosing: boolean
}

/**
 * Creates the order of pipelined requests. Each connection has one request in progress, so a client
 * that pipelines gets no more of the server than one that waits for its replies.
 */
export function createPipelines(limits: PipelineLimits): Pipelines {
  const pipelines = new WeakMap<Connection, Pipeline>()
  let waitingInAll = 0

  function wait(pipeline: Pipeline, start: () => void): void {
    pipeline.waiting += 1
    waitingInAll += 1
    if (pipeline.waiting <= limits.waiting + 1) pipeline.starts.push(start)
  }

  function startLast(pipeline: Pipeline, start: () => void): void {
    pipeline.isClosing = true
    start()
  }

  return {
    enter(connection, start) {
      const pipeline = pipelines.get(connection)
      if (pipeline?.isClosing) return false
      if (pipeline === undefined) {
        pipelines.set(connection, { starts: [], waiting: 0, isClosing: false })
        start(false)
        return false
      }
      const isRefused = pipeline.waiting === limits.waiting
      wait(pipeline, isRefused ? () => startLast(pipeline, () => start(true)) : () => start(false))
      if (waitingInAll > limits.waitingInAll) connection.destroy()
      return isRefused
    },
    enterLast(connection, start) {
      const pipeline = pipelines.get(connection)
      if (pipeline !== undefined) return wait(pipeline, () => startLast(pipeline, start))
      pipelines.set(connection, { starts: [], waiting: 0, isClosing: true })
      start()
    },
    leave(connection) {
      const pipeline = pipelines.get(connection)
      if (pipeline === undefined) return 0
      const start = connection.destroyed || pipeline.isClosing ? undefined : pipeline.starts.shift()
      const left = start === undefined ? pipeline.waiting : 1
      pipeline.waiting -= left
      waitingInAll -= left
      if (start !== undefined) start()
      else if (!pipeline.isClosing) pipelines.delete(connection)
      return start === undefined ? left : 0
    },
    isLast: connection => !pipelines.get(connection)?.waiting,
  }
}

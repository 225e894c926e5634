import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * Ids on all log lines of a request. `session_id` and `user_id` are pseudonyms, never the ids that
 * the caller sent.
 */
export interface LogContext {
  request_id?: string
  session_id?: string
  turn_id?: string
  user_id?: string
  /** The access key of the caller: its public id. */
  key_id?: string
}

const storage = new AsyncLocalStorage<LogContext>()

/**
 * Runs a function whose log lines, and those of asynchronous work it starts, carry these ids. The
 * object is kept, not copied: if a framework loses the context between two hooks, running the
 * second hook with the same object restores it.
 */
export function withLogContext<Result>(ids: LogContext, fn: () => Result): Result {
  return storage.run(ids, fn)
}

/** Adds ids to the current context. Does nothing outside a context. */
export function addLogContext(ids: Readonly<LogContext>): void {
  const context = storage.getStore()
  if (context !== undefined) Object.assign(context, ids)
}

/** Adds ids that the current context lacks. Does nothing outside a context. */
export function completeLogContext(ids: Readonly<LogContext>): void {
  const context = storage.getStore()
  if (context === undefined) return
  context.session_id ??= ids.session_id
  context.turn_id ??= ids.turn_id
  context.user_id ??= ids.user_id
}

/** Returns the ids of the current request; undefined outside a request. */
export function currentLogContext(): Readonly<LogContext> | undefined {
  return storage.getStore()
}

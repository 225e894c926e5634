import { AsyncLocalStorage } from 'node:async_hooks'

/** What the lines about one request have in common. `user_id` is the pseudonym, never the id that the caller gave. */
export interface LogContext {
  request_id?: string
  session_id?: string
  turn_id?: string
  user_id?: string
}

const storage = new AsyncLocalStorage<LogContext>()

/**
 * Runs a function so that every line written in it, and in what it starts, carries these ids. The object itself is kept, not copied: where a
 * framework loses the context between two of its hooks, running the later one with the same object brings all that was added back.
 */
export function withLogContext<Result>(ids: LogContext, fn: () => Result): Result {
  return storage.run(ids, fn)
}

/** Adds ids that became known only now to the current context; outside of any it does nothing. */
export function addLogContext(ids: Readonly<LogContext>): void {
  const context = storage.getStore()
  if (context !== undefined) Object.assign(context, ids)
}

/** Adds ids that the current context does not have yet; ids that are there stay. */
export function completeLogContext(ids: Readonly<LogContext>): void {
  const context = storage.getStore()
  if (context === undefined) return
  context.session_id ??= ids.session_id
  context.turn_id ??= ids.turn_id
  context.user_id ??= ids.user_id
}

/** The ids of the request being served; undefined outside of one. */
export function currentLogContext(): Readonly<LogContext> | undefined {
  return storage.getStore()
}

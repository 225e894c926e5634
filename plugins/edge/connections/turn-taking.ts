/**
 * Creates a function that runs others in their order, one in each pass of the event loop: between
 * two of them connections are accepted and read.
 */
export function createTurnTaking(): (run: () => void) => void {
  const waiting: (() => void)[] = []

  function runNext(): void {
    waiting[0]?.()
    waiting.shift()
    if (waiting.length > 0) setImmediate(runNext)
  }

  return run => {
    if (waiting.push(run) === 1) setImmediate(runNext)
  }
}

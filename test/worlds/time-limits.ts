/** A time limit that no machine reaches, and the highest one of SHUTDOWN_TIMEOUT_MS. */
export const UNREACHED_MS = 600_000

/**
 * Returns an option for Node that makes timers of exactly these durations fire at once. A test of a
 * time limit sets the limit to `UNREACHED_MS` and lets it expire: it neither waits nor depends on
 * the speed of the machine.
 */
export function expireTimers(kind: 'setTimeout' | 'setInterval', ...durationsMs: number[]): string {
  return importCode(`
    const ${kind} = globalThis.${kind}
    globalThis.${kind} = (run, ms, ...rest) => ${kind}(run, ${JSON.stringify(durationsMs)}.includes(ms) ? 0 : ms, ...rest)`)
}

/** Returns an option for Node that runs this code first, in every thread. */
export function importCode(code: string): string {
  return `--import=data:text/javascript,${encodeURIComponent(code)}`
}

import { roundMs } from '../base/round-ms.ts'
import type { Timings } from './turn.ts'

type Step = Exclude<keyof Timings, 'total'>

/** Measures the steps of a turn in milliseconds, rounded to microseconds. */
export interface Stopwatch {
  /** Runs a step and adds its duration, also if it fails. */
  time<T>(step: Step, run: () => T): T
  add(step: Step, tookMs: number): void
  read(): Timings
}

/** Starts a stopwatch. @param clock Monotonic, in milliseconds. */
export function createStopwatch(clock: () => number): Stopwatch {
  const started = clock()
  const steps = { queue: 0, session: 0, parse: 0, search: 0, answer: 0 }
  const add = (step: Step, tookMs: number) => {
    steps[step] = roundMs(steps[step] + tookMs)
  }
  return {
    add,
    time(step, run) {
      const from = clock()
      const done = () => add(step, clock() - from)
      let result: ReturnType<typeof run>
      try {
        result = run()
      } catch (error) {
        done()
        throw error
      }
      if (result instanceof Promise) return result.finally(done) as typeof result
      done()
      return result
    },
    read: () => ({ ...steps, total: roundMs(clock() - started) }),
  }
}

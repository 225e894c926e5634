import t from 'tap'
import type { LogState } from '../../../src/logging/writing/log-transport.ts'
import { type LogSignal, readLogSignal } from '../../../src/monitoring/log-signal.ts'
import {
  describeSignal,
  type SignalState,
  type Turnabout,
  UNWATCHED,
  type WatchedSignal,
  watchSignal,
} from '../../../src/monitoring/telemetry-watch.ts'

const LIMITS = { stallLimitMs: 30_000, calmMs: 10_000 }

/** Looks at a signal once for each state, at its time in seconds, and gives what was told at which of them. */
function watch(looks: readonly (readonly [atS: number, state: Partial<SignalState>])[]) {
  let watched: WatchedSignal = UNWATCHED
  let dropped = 0
  const told: (readonly [number, Turnabout])[] = []
  for (const [atS, state] of looks) {
    dropped = state.dropped ?? dropped
    const look = watchSignal(watched, { ...signal(state), dropped }, atS * 1000, LIMITS)
    watched = look.watched
    if (look.turnabout !== undefined) told.push([atS, look.turnabout])
  }
  return told
}

function signal(state: Partial<SignalState>): SignalState {
  return {
    signal: 'traces',
    destination: 'http://c',
    exported: 1,
    dropped: 0,
    failure: undefined,
    stalledSinceMs: undefined,
    ...state,
  }
}

t.test('a signal that leaves is not spoken of', async t => {
  t.same(
    watch([
      [0, {}],
      [5, { stalledSinceMs: 4000 }],
      [10, {}],
    ]),
    [],
  )
})

t.test('a failed attempt is told once, and once more when it is over, with how long that was and what was lost', async t => {
  const told = watch([
    [0, { dropped: 7 }],
    [5, { dropped: 7 }],
    [10, { dropped: 20, failure: 'refused', stalledSinceMs: 6000 }],
    [15, { dropped: 30, failure: 'refused', stalledSinceMs: 6000 }],
    [20, { stalledSinceMs: 19_000 }],
    [25, {}],
    [30, {}],
    [35, {}],
  ])
  t.same(
    told,
    [
      [0, { kind: 'stopped', reason: 'dropped', dropped: 7, stoppedMs: 0 }],
      [30, { kind: 'flowing', dropped: 30, stoppedMs: 20_000 }],
    ],
    'what was lost before the first look counts, too',
  )
})

t.test('what waits for longer than the limit has stopped, though nothing has failed yet', async t => {
  const told = watch([
    [30, { stalledSinceMs: 1000 }],
    [31, { stalledSinceMs: 1000 }],
    [32, { stalledSinceMs: 1000 }],
    [35, {}],
    [44, {}],
    [45, {}],
  ])
  t.same(told, [
    [32, { kind: 'stopped', reason: 'stalled', dropped: 0, stoppedMs: 31_000 }],
    [45, { kind: 'flowing', dropped: 0, stoppedMs: 34_000 }],
  ])
})

t.test('a way that is free every other time is one episode', async t => {
  const looks = Array.from({ length: 20 }, (_, i) => [i * 5, { failure: i % 2 === 1 ? 'refused' : undefined }] as const)
  t.match(watch(looks), [[5, { kind: 'stopped', reason: 'failed' }]])
})

t.test('items that are lost while others leave are an episode, too', async t => {
  const told = watch([
    [0, {}],
    [5, { dropped: 3 }],
    [10, { dropped: 4 }],
    [15, {}],
    [25, {}],
  ])
  t.same(told, [
    [5, { kind: 'stopped', reason: 'dropped', dropped: 3, stoppedMs: 0 }],
    [25, { kind: 'flowing', dropped: 4, stoppedMs: 10_000 }],
  ])
})

t.test('how a signal fares can be said in a sentence', async t => {
  const failing = signal({ failure: 'connect ECONNREFUSED', stalledSinceMs: 1000, dropped: 12 })
  const { watched } = watchSignal({ dropped: 2, episode: undefined }, failing, 5000, LIMITS)
  t.equal(describeSignal(failing, UNWATCHED, 5000), 'traces leave for http://c')
  t.equal(describeSignal(signal({ exported: 0 }), UNWATCHED, 5000), 'traces: nothing has left yet for http://c')
  t.equal(
    describeSignal(failing, watched, 61_000),
    'traces have not left for http://c as they should for 60 s: connect ECONNREFUSED; 10 lost',
  )
})

t.test('the log has stopped when lines wait and none is written, or when it says so itself', async t => {
  const state = (written: number, waiting: number, failure?: string, lost = 0) =>
    ({ failure, written: { chatbot: written }, lost: { chatbot: lost }, waiting, closed: false }) as unknown as LogState
  const looks: readonly (readonly [LogState, Partial<LogSignal>])[] = [
    [state(5, 0), { stalledSinceMs: undefined, exported: 5, failures: 0 }],
    [state(9, 3), { stalledSinceMs: 1000 }],
    [state(9, 4), { stalledSinceMs: 1000, waiting: 4 }],
    [state(11, 4), { stalledSinceMs: 3000 }],
    [state(11, 4, 'disk full', 2), { stalledSinceMs: 3000, failure: 'disk full', failures: 1, dropped: 2 }],
    [state(11, 0, 'disk full', 6), { failure: 'disk full', failures: 1, dropped: 6 }],
    [state(12, 0, undefined, 6), { stalledSinceMs: undefined, failure: undefined, failures: 1 }],
  ]
  let before: LogSignal | undefined
  for (const [i, [logState, expected]] of looks.entries()) {
    before = readLogSignal(before, logState, 'logs', i * 1000)
    t.match(before, { signal: 'logs', destination: 'logs', ...expected }, `look ${i}`)
  }
})

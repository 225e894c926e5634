import { median } from '../harness/statistics.ts'
import { printTable } from '../harness/table.ts'
import type { TurnCost } from './cost-picture.ts'
import { type Round, THREAD_KINDS } from './rounds.ts'

/** A program and its rounds. The first of a list is the reference. */
export interface ProgramRounds {
  readonly name: string
  readonly rounds: readonly Round[]
}

/** Prints throughput and latency. Ratios compare figures of the same round. */
export function printSpeed(programs: readonly ProgramRounds[]): void {
  printTable(
    ['', 'turns/s', 'of bare', 'range', 'p50 ms', 'p99 ms', 'p99 ÷ mean', 'other than 200'],
    programs.map(({ name, rounds }) => {
      const of = (pick: (round: Round) => number) => median(rounds.map(pick))
      const [share, range] = compare(rounds, programs[0]!.rounds, ({ perSecond }) => perSecond)
      return [
        name,
        of(({ perSecond }) => perSecond).toFixed(0),
        share,
        range,
        of(({ p50Ms }) => p50Ms).toFixed(1),
        of(({ p99Ms }) => p99Ms).toFixed(1),
        of(({ p99Ms, meanMs }) => p99Ms / meanMs).toFixed(1),
        rounds.reduce((sum, { failed }) => sum + failed, 0),
      ]
    }),
  )
}

/**
 * Prints the processor time of a turn by thread, and memory. `of bare` is the throughput that a CPU
 * fully used would have, which does not depend on the load generator.
 */
export function printThreads(programs: readonly ProgramRounds[]): void {
  printTable(
    ['processor µs per turn', 'all threads', 'of bare', 'range', ...THREAD_KINDS, 'RSS MB'],
    programs.map(({ name, rounds }) => {
      const of = (pick: (round: Round) => number) => median(rounds.map(pick)).toFixed(0)
      const [share, range] = compare(rounds, programs[0]!.rounds, round => 1 / allUs(round))
      return [
        name,
        of(allUs),
        share,
        range,
        ...THREAD_KINDS.map(kind => of(({ threadUs }) => threadUs[kind])),
        of(({ rssMb }) => rssMb),
      ]
    }),
  )
}

/** Prints the components of the main thread and the other threads. */
export function printComponents({ mainUs, shares, threadUs }: TurnCost): void {
  printTable(
    ['component', 'share of the main thread', 'µs per turn', 'most of it in'],
    [
      ...shares.map(({ component, share, files }) => [
        component,
        `${(100 * share).toFixed(1)} %`,
        (share * mainUs).toFixed(0),
        files
          .slice(0, 4)
          .map(file => `${file.name} ${(file.share * mainUs).toFixed(0)}`)
          .join(', '),
      ]),
      ...[...threadUs].map(([name, us]) => [`thread: ${name}`, '', us.toFixed(0), '']),
    ],
  )
}

function allUs({ threadUs }: Round): number {
  return THREAD_KINDS.reduce((sum, kind) => sum + threadUs[kind], 0)
}

/** The median of the ratios to the reference, and their range. */
function compare(rounds: readonly Round[], reference: readonly Round[], pick: (round: Round) => number): [string, string] {
  const ratios = rounds.map((round, i) => pick(round) / pick(reference[i]!))
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)]
  return [median(ratios).toFixed(3), `${least.toFixed(3)}–${most.toFixed(3)}`]
}

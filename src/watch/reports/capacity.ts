import { growthPerDay } from '../../base/theil-sen.ts'
import type { Point, SeriesReader } from '../series/series.ts'
import type { Period } from './measures.ts'
import type { CapacityRow } from './report.ts'

const DAY_MS = 86_400_000
/** How far ahead a day is named. Beyond it, growth says little. */
const HORIZON_DAYS = 365
/** Growth of a share in a day below which it counts as none. */
const NO_GROWTH = 1e-4

/** What is used of each resource, and when it is full at its growth in the period. */
export function measureCapacity(series: SeriesReader, period: Period): readonly CapacityRow[] {
  const value = (metric: string) => series.read(metric, [], period.from, period.to)
  const share = (part: string, whole: string) => divide(value(part)[0]?.points ?? [], value(whole)[0]?.points ?? [])
  const disks = value('disk_free_bytes').map(({ labels, points }) => {
    const size = value('disk_size_bytes').find(each => each.labels.volume === labels.volume)?.points ?? []
    return {
      resource: `Disk of the ${labels.volume}`,
      points: divide(points, size).map(({ t, v, min, max }) => ({ t, v: 1 - v, max: 1 - (min ?? v), min: 1 - (max ?? v) })),
    }
  })
  const rows = [
    { resource: 'Memory', points: share('process_resident_memory_bytes', 'process_memory_limit_bytes') },
    { resource: 'Sessions', points: share('chatbot_active_sessions', 'chatbot_sessions_limit') },
    { resource: 'CPU', points: cpuShare(series, period) },
    ...disks,
  ]
  return rows.flatMap(({ resource, points }) => {
    const last = points.at(-1)
    if (last === undefined) return []
    const growth = growthPerDay(points.map(({ t, v }) => [t, v] as const))
    const peak = Math.max(...points.map(({ v, max = v }) => max))
    return { resource, now: last.v, peak, fullBy: fullBy(growth, last), isGrowthKnown: growth !== undefined }
  })
}

function divide(parts: readonly Point[], wholes: readonly Point[]): readonly Point[] {
  const whole = wholes.at(-1)?.v
  if (whole === undefined || whole === 0) return []
  return parts.map(({ t, v, min = v, max = v }) => ({ t, v: v / whole, min: min / whole, max: max / whole }))
}

function cpuShare(series: SeriesReader, { from, to }: Period): readonly Point[] {
  const cpus = series.read('process_available_cpus', [], from, to)[0]?.points.at(-1)?.v
  const used = series.read('process_cpu_seconds_total', [], from, to)[0]?.points ?? []
  if (cpus === undefined) return []
  return used.flatMap((point, i) => {
    const before = used[i - 1]
    return before === undefined ? [] : { t: point.t, v: (point.v - before.v) / ((point.t - before.t) / 1000) / cpus }
  })
}

function fullBy(growth: number | undefined, last: Point): string | undefined {
  if (growth === undefined || growth < NO_GROWTH) return undefined
  const days = (1 - last.v) / growth
  return days > HORIZON_DAYS ? undefined : new Date(last.t + days * DAY_MS).toISOString().slice(0, 10)
}

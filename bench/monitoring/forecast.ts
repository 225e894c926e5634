/**
 * Measures the forecast of capacity on recorded series of other systems: the Numenta Anomaly
 * Benchmark (https://github.com/numenta/NAB).
 *
 *   node bench/monitoring/forecast.ts FOLDER
 *
 * FOLDER is its `data`. A disk that is filled by recorded traffic, a constant size per event, is
 * full at the end of the recording: how many days off is the forecast, 1 to 14 days before? And how
 * often does it name a day within 30 days for a CPU that was never used up?
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { measureCapacity } from '../../src/watch/reports/capacity.ts'
import type { Point, SeriesReader } from '../../src/watch/series/series.ts'
import { median } from '../harness/statistics.ts'

const DAY_MS = 86_400_000
const WINDOW_DAYS = 7
const LEADS = [1, 3, 7, 14]
const ALARM_DAYS = 30

const folder = process.argv[2]
if (folder === undefined) {
  console.error('usage: node bench/monitoring/forecast.ts FOLDER')
  process.exit(2)
}
const traffic = [...readAll('realTweets/*.csv'), ...readAll('realKnownCause/nyc_taxi.csv')]
console.log(`A disk filled by ${traffic.length} recordings of traffic\n`)
console.log('| days before | median error in days | worst | without a forecast |\n|---|---|---|---|')
for (const lead of LEADS) {
  const errors = traffic.map(points => errorOf(cumulate(points), lead))
  const named = errors.flatMap(error => error ?? [])
  console.log(`| ${lead} | ${median(named).toFixed(1)} | ${Math.max(...named).toFixed(1)} | ${errors.length - named.length} |`)
}

const cpus = readAll('realAWSCloudwatch/*cpu_utilization*.csv')
const days = cpus.flatMap(points => daysOf(points).map(end => alarm(points, end)))
console.log(`\nCPU of ${cpus.length} servers, below 100 % all the time: a day within ${ALARM_DAYS} days was named on
${days.filter(Boolean).length} of ${days.length} days.`)

/** Days between the forecast and the time when the disk was full; undefined if none was named. */
function errorOf(filled: readonly Point[], lead: number): number | undefined {
  const [last] = filled.slice(-1)
  if (last === undefined) return undefined
  const end = last.t - lead * DAY_MS
  const free = filled.map(({ t, v }) => ({ t, v: last.v - v }))
  const day = forecast('Disk', end, {
    disk_free_bytes: free,
    disk_size_bytes: filled.map(({ t }) => ({ t, v: last.v })),
  })
  return day === undefined ? undefined : Math.abs(Date.parse(`${day}T12:00:00Z`) - last.t) / DAY_MS
}

function alarm(points: readonly Point[], end: number): boolean {
  const seconds = points.map(({ t, v }, i) => ({ t, v: ((v / 100) * (t - (points[i - 1]?.t ?? t))) / 1000 }))
  const day = forecast('CPU', end, {
    process_cpu_seconds_total: cumulate(seconds),
    process_available_cpus: points.map(({ t }) => ({ t, v: 1 })),
  })
  return day !== undefined && Date.parse(day) < end + ALARM_DAYS * DAY_MS
}

/** The day that the report names when it is written at `end`. */
function forecast(resource: string, end: number, metrics: Readonly<Record<string, readonly Point[]>>): string | undefined {
  const series: SeriesReader = {
    read: (name, _matchers, from, to) => {
      const points = metrics[name]?.filter(({ t }) => t > from && t <= to)
      return points === undefined ? [] : [{ labels: { volume: 'data' }, points }]
    },
  }
  const rows = measureCapacity(series, { from: end - WINDOW_DAYS * DAY_MS, to: end })
  return rows.find(row => row.resource.startsWith(resource))?.fullBy
}

/** The end of each day after the first window. */
function daysOf(points: readonly Point[]): readonly number[] {
  const [first = 0, last = 0] = [points[0]?.t, points.at(-1)?.t]
  const count = Math.floor((last - first) / DAY_MS) - WINDOW_DAYS
  return Array.from({ length: Math.max(0, count) }, (_, i) => first + (WINDOW_DAYS + i + 1) * DAY_MS)
}

function cumulate(points: readonly Point[]): readonly Point[] {
  let sum = 0
  return points.map(({ t, v }) => {
    sum += v
    return { t, v: sum }
  })
}

function readAll(pattern: string): readonly (readonly Point[])[] {
  return globSync(pattern, { cwd: folder }).map(file =>
    readFileSync(join(folder ?? '', file), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map(line => {
        const [time = '', value] = line.split(',')
        return { t: Date.parse(`${time.replace(' ', 'T')}Z`), v: Number(value) }
      }),
  )
}

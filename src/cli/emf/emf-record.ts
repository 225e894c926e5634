/** Values of `/metrics` by their series, such as `disk_free_bytes{volume="data"}`. */
export type Samples = ReadonlyMap<string, number>

/** Where CloudWatch stores the lines, and the metrics that it makes of them. */
const NAMESPACE = 'Pellucid'
const LOG_GROUP = '/pellucid/chatbot/metrics'
const PERCENT = 100
const SECOND_MS = 1000

type Unit = 'Count' | 'Percent'

/** Reads the text format of Prometheus. Comments are skipped. */
export function readSamples(text: string): Samples {
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, series, value] = /^([^#\s{]+(?:\{.*\})?) (\S+)/.exec(line) ?? []
    if (series !== undefined) samples.set(series, Number(value))
  }
  return samples
}

/**
 * Creates a record in CloudWatch's embedded metric format from two reads of `/metrics`, `tookMs`
 * apart. Utilization is the share of this time in which the database wrote or read, 0–100 and more
 * if several operations overlap. A counter that fell was reset and counts from zero.
 */
export function createEmfRecord(before: Samples, after: Samples, tookMs: number, now: number, instance: string): object {
  const grown = (name: string, labels?: RegExp) => {
    const [from, to] = [sum(before, name, labels), sum(after, name, labels)]
    return to < from ? to : to - from
  }
  const busy = (name: string, labels?: RegExp) => (PERCENT * grown(name, labels)) / (tookMs / SECOND_MS)
  const values: Readonly<Record<string, readonly [Unit, number]>> = {
    WaitingWrites: ['Count', sum(after, 'chatbot_database_waiting_writes')],
    WriteUtilization: ['Percent', busy('chatbot_database_commit_duration_seconds_sum')],
    ReadUtilization: ['Percent', busy('db_client_operation_duration_seconds_sum', /operation="SELECT/)],
    DiskFree: ['Percent', leastDiskFree(after)],
    Refusals: ['Count', grown('chatbot_requests_refused_total')],
    ActiveSessions: ['Count', sum(after, 'chatbot_active_sessions')],
  }
  const found = Object.entries(values).filter(([, [, value]]) => Number.isFinite(value))
  return {
    _aws: {
      Timestamp: now,
      LogGroupName: LOG_GROUP,
      CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [[]], Metrics: found.map(([Name, [Unit]]) => ({ Name, Unit })) }],
    },
    Instance: instance,
    ...Object.fromEntries(found.map(([name, [, value]]) => [name, value])),
  }
}

function sum(samples: Samples, name: string, labels = /^/): number {
  let total = 0
  for (const [series, value] of samples)
    if ((series === name || series.startsWith(`${name}{`)) && labels.test(series)) total += value
  return total
}

/** Free space of the volume with the least, in percent; not finite if none is known. */
function leastDiskFree(samples: Samples): number {
  const shares = [...samples].flatMap(([series, free]) =>
    series.startsWith('disk_free_bytes') ? [(PERCENT * free) / (samples.get(series.replace('_free_', '_size_')) ?? 0)] : [],
  )
  return Math.min(...shares)
}

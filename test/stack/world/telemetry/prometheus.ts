const ADDRESS = 'http://prometheus:9090/api/v1'

export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  /** One value for an instant, several for a range. May be NaN. */
  readonly values: readonly number[]
}

interface Result {
  readonly metric: Readonly<Record<string, string>>
  readonly value?: [number, string]
  readonly values?: [number, string][]
}

/** Returns the data of a Prometheus API response. @throws {Error} with the error of Prometheus. */
export async function askPrometheus<Data>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<Data> {
  const reply = await fetch(`${ADDRESS}/${path}?${new URLSearchParams(parameters)}`)
  const { data, error } = (await reply.json()) as { data: Data; error?: string }
  if (error !== undefined) throw new Error(`${error}: ${JSON.stringify(parameters)}`)
  return data
}

/** Runs a query, now or every 15 s since a start (Unix seconds). */
export async function query(expression: string, startS?: number): Promise<readonly Sample[]> {
  const range = { start: String(startS), end: String(Date.now() / 1000), step: '15' }
  const { result, resultType } = await askPrometheus<{ result: Result[] | [number, string]; resultType: string }>(
    startS === undefined ? 'query' : 'query_range',
    { query: expression, ...(startS === undefined ? {} : range) },
  )
  if (resultType === 'scalar') return [{ labels: {}, values: [Number(result[1])] }]
  return (result as Result[]).map(({ metric, value, values }) => ({
    labels: metric,
    values: (values ?? (value === undefined ? [] : [value])).map(([, text]) => Number(text)),
  }))
}

/** Returns the single value of a query; 0 without result. */
export async function readValue(expression: string): Promise<number> {
  return (await query(expression))[0]?.values[0] ?? 0
}

/** Whether the result contains a number. */
export function hasData(samples: readonly Sample[]): boolean {
  return samples.some(({ values }) => values.some(Number.isFinite))
}

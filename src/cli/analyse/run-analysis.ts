import { createErrorAnalysis, ERROR_LINES } from '../../analysis/errors/error-analysis.ts'
import { renderErrors } from '../../analysis/errors/error-text.ts'
import type { AnalysisLine, Period } from '../../analysis/record.ts'
import type { LogQuery } from '../../logging/reading/log-query.ts'
import { readLog } from '../../logging/reading/log-reader.ts'

export interface AnalysisDeps {
  readonly logDir: string
  readonly dataDir: string
  /** Called for each file that cannot be read to its end; the other files are still read. */
  readonly onProblem: (path: string, problem: string) => void
}

/** The names of the analyses. */
export type AnalysisName = keyof typeof ANALYSES

/** An analysis: its result is plain JSON with names in snake_case. */
interface Analysis<Result> {
  readonly run: (period: Period, deps: AnalysisDeps) => Promise<Result>
  readonly render: (result: Result) => string
}

const analysis = <Result>(run: Analysis<Result>['run'], render: Analysis<Result>['render']): Analysis<Result> => ({ run, render })

export const ANALYSES = {
  errors: analysis(async (period, deps) => {
    const errors = createErrorAnalysis(period)
    await feed(errors, { texts: ERROR_LINES, until: period.to }, deps)
    return errors.result(await beginningOf(deps))
  }, renderErrors),
} as const

/** Runs an analysis and returns its result with its text. */
export async function runAnalysis(
  name: AnalysisName,
  period: Period,
  deps: AnalysisDeps,
): Promise<{ readonly result: object; readonly text: string }> {
  const { run, render } = ANALYSES[name] as unknown as Analysis<object>
  const result = await run(period, deps)
  return { result, text: render(result) }
}

/** Adds the lines that match, in order of time, whole batches at a time. */
async function feed(to: { add(line: AnalysisLine): void }, query: LogQuery, { logDir, onProblem }: AnalysisDeps): Promise<void> {
  for await (const lines of readLog(logDir, query, { onProblem }))
    for (const { at, record } of lines) if (record !== undefined && Number.isFinite(at)) to.add({ at, record })
}

/** The time of the first line; undefined if there is none. */
async function beginningOf({ logDir, onProblem }: AnalysisDeps): Promise<number | undefined> {
  for await (const lines of readLog(logDir, {}, { onProblem })) for (const { at } of lines) if (Number.isFinite(at)) return at
  return undefined
}

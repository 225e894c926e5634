import type { LogQuery } from '../../logging/reading/log-query.ts'
import { readLog } from '../../logging/reading/log-reader.ts'
import { createErrorAnalysis, ERROR_LINES } from '../../watch/analysis/errors/error-analysis.ts'
import { renderErrors } from '../../watch/analysis/errors/error-text.ts'
import { createPerformanceAnalysis, PERFORMANCE_LINES } from '../../watch/analysis/performance/performance-analysis.ts'
import { renderPerformance } from '../../watch/analysis/performance/performance-text.ts'
import { type AnalysisLine, iso, type Period } from '../../watch/analysis/record.ts'
import { createSecurityAnalysis, SECURITY_LINES } from '../../watch/analysis/security/security-analysis.ts'
import { renderSecurity } from '../../watch/analysis/security/security-text.ts'
import { createUsageAnalysis, USAGE_LINES, type UsageAnalysis } from '../../watch/analysis/usage/usage-analysis.ts'
import { renderUnanswered, renderUsage } from '../../watch/analysis/usage/usage-text.ts'
import { createAlertStore } from '../../watch/evaluation/alert-store.ts'
import { measureCapacity } from '../../watch/reports/capacity.ts'
import { measureChecks, measureObjectives } from '../../watch/reports/health.ts'
import { createSeriesReader } from '../../watch/series/series-store.ts'
import { readMonitoringConfig, withMonitoringDatabase } from '../alerts/monitoring-store.ts'
import { listBadFeedback, renderBadFeedback } from '../feedback/bad-feedback.ts'
import { renderCapacity, toWireRow } from './capacity-text.ts'
import { type HealthAnalysis, renderHealth } from './health-text.ts'
import { readTurnSteps } from './turn-steps.ts'

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
  performance: analysis(async (period, deps) => {
    const performance = createPerformanceAnalysis(period)
    await feed(performance, { texts: PERFORMANCE_LINES, ...withPeriodBefore(period) }, deps)
    return performance.result(readTurnSteps(deps.dataDir, period))
  }, renderPerformance),
  usage: analysis(analyseUsage, renderUsage),
  capacity: analysis(async ({ from, to }, { dataDir }) => {
    const rows = withMonitoringDatabase(dataDir, db => measureCapacity(createSeriesReader(db), { from, to }))
    return { name: 'capacity' as const, from: iso(from), to: iso(to), resources: rows.map(toWireRow) }
  }, renderCapacity),
  health: analysis(async (period, { dataDir }) => analyseHealth(period, dataDir), renderHealth),
  bad_feedback: analysis(async (period, { dataDir }) => listBadFeedback(dataDir, period), renderBadFeedback),
  security: analysis(async (period, deps) => {
    const security = createSecurityAnalysis(period)
    await feed(security, { texts: SECURITY_LINES, since: period.from, until: period.to }, deps)
    return security.result()
  }, renderSecurity),
  unanswered: analysis(async (period, deps) => {
    const { from, to, unanswered } = await analyseUsage(period, deps)
    return { name: 'unanswered' as const, from, to, unanswered }
  }, renderUnanswered),
} as const

function analyseHealth({ from, to }: Period, dataDir: string): HealthAnalysis {
  const { objectives } = readMonitoringConfig()
  const since = `--since ${iso(from)} --until ${iso(to)}`
  const texts = {
    availability: {
      goal: `${objectives.availability * 100} % of the requests without a fault of the server`,
      lines: `pellucid analyse errors ${since}`,
    },
    latency: {
      goal: `${objectives.fastReplies * 100} % of the messages answered within ${objectives.replyWithinS} s`,
      lines: `pellucid analyse performance ${since}`,
    },
  }
  return withMonitoringDatabase(dataDir, db => {
    const series = createSeriesReader(db)
    return {
      name: 'health',
      from: iso(from),
      to: iso(to),
      objectives: measureObjectives(series, { from, to }, objectives).map(state => ({ ...state, ...texts[state.objective] })),
      checks: measureChecks(series, { from, to }),
      alerts: createAlertStore(db)
        .summarize(from, to)
        .filter(({ fired }) => fired > 0)
        .map(({ rule, fired, meanTimeToResolveMs: ms }) => ({
          rule,
          fired,
          mean_time_to_resolve_s: ms === undefined ? undefined : ms / 1000,
        })),
    }
  })
}

async function analyseUsage(period: Period, deps: AnalysisDeps): Promise<UsageAnalysis> {
  const usage = createUsageAnalysis(period)
  await feed(usage, { texts: USAGE_LINES, ...withPeriodBefore(period) }, deps)
  return usage.result()
}

/** The time of a period and of the one of the same length before it. */
function withPeriodBefore({ from, to }: Period): { readonly since: number; readonly until: number } {
  return { since: from - (to - from), until: to }
}

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

import { type SavedObject, savedObject } from './saved-object.ts'

const WINDOW_MINUTES = 5
/** Any time in the past: Kibana replaces it when the rule is enabled. */
const CREATED = '2026-01-15T00:00:00.000Z'

/** Rules that count documents of the last five minutes. Kibana imports rules disabled. */
export const ALERT_RULES: readonly SavedObject[] = [
  rule('failed-requests', 'More than 10 requests failed', 10, [
    { term: { function: 'end_request' } },
    { range: { status: { gte: 500 } } },
  ]),
  rule('slow-answers', 'More than 10 answers took longer than 2 s', 10, [
    { term: { 'msg.keyword': 'Bot response sent' } },
    { term: { replayed: false } },
    { range: { took_ms: { gt: 2000 } } },
  ]),
  rule('refused-requests', 'More than 300 requests were refused', 300, [{ terms: { code: ['OVERLOADED', 'RATE_LIMITED'] } }]),
  rule('database-failures', 'The database took no writes', 5, [{ terms: { code: ['DATABASE_BUSY', 'DATABASE_UNAVAILABLE'] } }]),
]

function rule(id: string, name: string, above: number, filter: readonly object[]): SavedObject {
  return savedObject('alert', id, {
    name: `Pellucid: ${name}`,
    tags: ['pellucid'],
    enabled: false,
    alertTypeId: '.es-query',
    consumer: 'stackAlerts',
    schedule: { interval: '1m' },
    params: {
      searchType: 'esQuery',
      index: ['chatbot-logs-*'],
      timeField: '@timestamp',
      esQuery: JSON.stringify({ query: { bool: { filter } } }),
      size: 10,
      thresholdComparator: '>',
      threshold: [above],
      timeWindowSize: WINDOW_MINUTES,
      timeWindowUnit: 'm',
      aggType: 'count',
      groupBy: 'all',
      excludeHitsFromPreviousRun: false,
    },
    actions: [],
    throttle: null,
    notifyWhen: null,
    muteAll: false,
    mutedInstanceIds: [],
    apiKey: null,
    apiKeyOwner: null,
    createdBy: null,
    updatedBy: null,
    createdAt: CREATED,
    updatedAt: CREATED,
    executionStatus: { status: 'pending', lastExecutionDate: CREATED, error: null },
  })
}

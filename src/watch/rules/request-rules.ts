import type { Expression, Recording } from '../series/expression.ts'
import {
  absolute,
  add,
  divide,
  increase,
  latest,
  multiply,
  number,
  past,
  quantile,
  rate,
  subtract,
  sum,
  where,
} from './expression.ts'
import { type Rule, rule } from './rule.ts'

/** Health checks and scrapes would hide the failures of a few users. */
const USERS = 'endpoint!~"/health.*|/metrics"'
const FAILED = 'status="error"'
const MINUTES_5 = 300
const MINUTES_30 = 1800
const HOUR = 3600

const requests = (windowS: number) => sum(rate('chatbot_requests_total', windowS, USERS))
const failures = (windowS: number) => sum(rate('chatbot_requests_total', windowS, FAILED, USERS))

/** Values that are compared with those of the days before. */
export const RECORDINGS: readonly Recording[] = [
  { name: 'chatbot:error_ratio:rate30m', of: divide(failures(MINUTES_30), requests(MINUTES_30)) },
  { name: 'chatbot:requests:rate30m', of: requests(MINUTES_30) },
]

/**
 * How many standard deviations a value is from the mean of the days before. `floor` is added to the
 * deviation, which is small if all days were alike.
 */
function deviations(recording: Recording, floor: (mean: Expression) => Expression): Expression {
  const mean = past('mean', recording.name)
  return divide(subtract(recording.of, mean), add(past('deviation', recording.name), floor(mean)))
}

const [ERROR_RATIO, TRAFFIC] = RECORDINGS as readonly [Recording, Recording]

/** Rules about requests and their answers. */
export const REQUEST_RULES: readonly Rule[] = [
  rule({
    id: 'system_down',
    severity: 'critical',
    forS: 60,
    keepFiringS: 0,
    evaluatedBy: 'prometheus',
    conditions: [{ measure: latest('up', 'job="chatbot"'), comparison: '==', threshold: 0, unit: 'count' }],
    summary: 'The chatbot is down',
    description: 'The chatbot has not answered for a minute.',
    users: 'They get no answers.',
    action:
      'Look at the state of the process and at the last lines of its log: `pellucid logs --limit 20`. Start it again if it has ended.',
    page: 'operations.md#monitor-it',
  }),
  rule({
    id: 'high_error_rate',
    explainedBy: ['database_failures'],
    severity: 'critical',
    conditions: [{ measure: divide(failures(MINUTES_5), requests(MINUTES_5)), comparison: '>', threshold: 0.05, unit: 'ratio' }],
    summary: 'More requests fail than usual',
    description: '{value} of the requests in the last five minutes failed.',
    users: 'Some messages get an error instead of an answer.',
    action: 'See which errors they are: `pellucid logs --errors --since 15m`.',
    page: 'logging.md#see-what-failed',
  }),
  rule({
    id: 'response_time_degradation',
    severity: 'critical',
    conditions: [
      {
        measure: quantile(0.95, 'chatbot_response_time_seconds', MINUTES_5, 'endpoint'),
        comparison: '>',
        threshold: 2,
        unit: 'seconds',
      },
    ],
    summary: 'Replies take long',
    description: 'One in twenty requests to {endpoint} takes longer than {value}.',
    users: 'Answers come late.',
    action: 'See which step is slow: `pellucid analyse performance --since 1h`.',
    page: 'tracing.md',
  }),
  rule({
    id: 'error_rate_unusual',
    explainedBy: ['high_error_rate', 'database_failures'],
    severity: 'warning',
    conditions: [{ measure: deviations(ERROR_RATIO, () => number(0.01)), comparison: '>', threshold: 3, unit: 'deviations' }],
    summary: 'More requests fail than at this time of other days',
    description: 'The share of failed requests is {value} above that of the same time of the past days.',
    users: 'More messages than usual get an error.',
    action: 'Find what changed: `pellucid analyse errors --since 2h`.',
    page: 'alerts.md#how-unusual-is-measured',
  }),
  rule({
    id: 'traffic_unusual',
    severity: 'warning',
    forS: 1800,
    conditions: [
      {
        measure: absolute(deviations(TRAFFIC, mean => add(multiply(mean, number(0.1)), number(0.02)))),
        comparison: '>',
        threshold: 3,
        unit: 'deviations',
      },
    ],
    summary: 'There are far more or fewer requests than at this time of other days',
    description: 'The number of requests differs by {value} from that of the same time of the past days.',
    users: 'If there are fewer: perhaps the application in front cannot reach the chatbot.',
    action: 'See who sends what: `pellucid analyse usage --since 2h`.',
    page: 'alerts.md#how-unusual-is-measured',
  }),
  rule({
    id: 'requests_refused',
    severity: 'warning',
    conditions: [
      {
        measure: sum(rate('chatbot_requests_refused_total', MINUTES_5), 'reason'),
        comparison: '>',
        threshold: 1,
        unit: 'per second',
      },
    ],
    summary: 'The server refuses requests because it is overloaded',
    description: '{value} requests are refused ({reason}).',
    users: 'Some messages get the error OVERLOADED and must be sent again.',
    action: 'If the load is expected, add CPUs and raise ANSWER_WORKERS. If one client causes it, set RATE_LIMIT_PER_MINUTE.',
    page: 'limits.md',
  }),
  rule({
    id: 'queue_backlog',
    explainedBy: ['response_time_degradation', 'database_failures'],
    severity: 'warning',
    forS: 60,
    conditions: [{ measure: latest('chatbot_queue_length'), comparison: '>', threshold: 100, unit: 'count' }],
    summary: 'Many messages are queued',
    description: '{value} messages wait for an earlier message of their session.',
    users: 'Messages that are sent quickly one after the other are answered late.',
    action: 'See what delays the earlier messages: `pellucid analyse performance --since 1h`.',
    page: 'limits.md',
  }),
  rule({
    id: 'session_limit',
    severity: 'warning',
    conditions: [
      {
        measure: divide(latest('chatbot_active_sessions'), latest('chatbot_sessions_limit')),
        comparison: '>=',
        threshold: 0.9,
        unit: 'ratio',
      },
    ],
    summary: 'The maximum number of sessions is nearly reached',
    description: '{value} of MAX_SESSIONS are open.',
    users: 'At 100 % the longest idle sessions of busy clients are closed, or new ones are refused.',
    action: 'Raise MAX_SESSIONS, or lower SESSION_IDLE_TIMEOUT_S.',
    page: 'limits.md',
  }),
  rule({
    id: 'no_answers',
    severity: 'warning',
    forS: 1800,
    conditions: [
      {
        measure: where(
          divide(
            sum(increase('chatbot_questions_total', HOUR, 'outcome="abstained"')),
            sum(increase('chatbot_questions_total', HOUR)),
          ),
          subtract(sum(increase('chatbot_questions_total', HOUR)), number(20)),
        ),
        comparison: '>',
        threshold: 0.5,
        unit: 'ratio',
      },
    ],
    summary: 'Many questions get no answer',
    description: '{value} of the questions of the last hour were not answered from the documents.',
    users: 'They read "I don\'t know" more often than an answer.',
    action: 'See which questions they are, and write documents for them: `pellucid unanswered --since 1d`.',
    page: 'analysis.md',
  }),
  rule({
    id: 'bad_feedback',
    severity: 'warning',
    forS: 600,
    conditions: [
      {
        measure: where(
          divide(
            sum(increase('chatbot_feedback_total', 24 * HOUR, 'judgement="incorrect"')),
            sum(increase('chatbot_feedback_total', 24 * HOUR)),
          ),
          subtract(sum(increase('chatbot_feedback_total', 24 * HOUR)), number(9)),
        ),
        comparison: '>',
        threshold: 0.5,
        unit: 'ratio',
      },
    ],
    summary: 'Users judge many answers to be wrong',
    description: '{value} of the judgements of the last day were negative.',
    users: 'Answers do not help them.',
    action: 'Read the answers that were judged: `pellucid feedback list --since 1d`.',
    page: 'analysis.md',
  }),
  rule({
    id: 'suspicious_activity',
    severity: 'warning',
    forS: 0,
    keepFiringS: 900,
    conditions: [
      {
        measure: sum(increase('chatbot_security_events_total', MINUTES_5), 'kind'),
        comparison: '>',
        threshold: 50,
        unit: 'count',
      },
    ],
    summary: 'A client searches for weaknesses or is refused often',
    description: '{value} security events ({kind}) in the last five minutes.',
    users: 'Nothing, as long as the limits hold.',
    action:
      'See who it was and what was tried: `pellucid analyse security --since 1h`. Block the address in your proxy or revoke the key.',
    page: 'security.md#security-events',
  }),
]

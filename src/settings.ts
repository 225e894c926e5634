import { Type } from './base/json-schema.ts'
import { choice, integer, retention, webhookSecret } from './base/setting-types.ts'

/** Such a value is, or contains, what opens another system. */
const SECRET_NAME = /KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL|DSN|CONNECTION_STRING/

/** Whether the value of a setting is a secret, by the name of its environment variable. */
export function isSecretSetting(name: string): boolean {
  return SECRET_NAME.test(name)
}

/**
 * Every setting: its environment variable, type, default, range and meaning. The documentation's
 * table is generated from it.
 */
export const SETTINGS = Type.Object({
  NODE_ENV: choice('development', ['development', 'production', 'test'], 'Environment. Sets the default retention periods.'),
  HOST: Type.String({
    default: '127.0.0.1',
    minLength: 1,
    description: 'Address to listen on. The default accepts local connections only.',
  }),
  PORT: integer(8000, 0, 65535, 'Port to listen on. 0 takes any free port.'),
  ACCESS: Type.Optional(
    Type.Unsafe<'off' | 'keys'>(
      Type.String({
        enum: ['off', 'keys'],
        description:
          'Who may use the server: everyone who reaches it, or callers with a key. Unset: `off` if `HOST` is a loopback address, else `keys`. See [Security](security.md).',
      }),
    ),
  ),
  ALLOWED_HOSTS: Type.String({
    default: '',
    description:
      'Comma-separated names that the `Host` header may have beside `localhost` and loopback addresses. With keys, all names are accepted if it is unset.',
  }),
  TRUST_PROXY: Type.Optional(
    Type.String({
      format: 'networks',
      description:
        'Comma-separated addresses or CIDR ranges of proxies whose `X-Forwarded-For` is the address of the client. Unset: forwarding headers are ignored.',
    }),
  ),
  CORS_ORIGINS: Type.String({ default: '', description: 'Comma-separated origins whose web pages may use the API.' }),
  RATE_LIMIT_PER_MINUTE: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      description:
        'Requests in a minute of a key without a rate of its own, or without a key of an address. 0 removes the limit. Unset: 300 with keys, none with `ACCESS=off`.',
    }),
  ),
  DATA_DIR: Type.String({
    default: 'data',
    minLength: 1,
    description: 'Folder of the database, the search index, the keys and the tokens.',
  }),
  LOG_DIR: Type.String({ default: 'logs', minLength: 1, description: 'Folder of the log files and the audit trail.' }),
  LOG_LEVEL: choice('INFO', ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'], 'Minimum level that is logged.'),
  LOG_FORMAT: choice('text', ['text', 'json'], 'Format of log lines on the terminal. Log files are always JSON.'),
  LOG_MESSAGE_CONTENT: choice(
    'redacted',
    ['redacted', 'off', 'full'],
    'Text of messages and replies in the log: redacted, omitted or unchanged. Production refuses `full`.',
  ),
  OTEL_CAPTURE_CONTENT: choice('off', ['off', 'redacted'], 'Text of messages and replies in traces: omitted or redacted.'),
  APPLICATIONINSIGHTS_CONNECTION_STRING: Type.Optional(
    Type.String({
      format: 'azure-connection',
      description:
        'Connection string of an Application Insights resource that gets requests, log lines and metrics. Unset: none. See [Azure](integrations/azure.md).',
    }),
  ),
  LOG_REDACT_FIELDS: Type.String({
    default: '',
    description: 'Comma-separated names of fields whose values are redacted in the log, in addition to those of secrets.',
  }),
  LOG_TIMEZONE: Type.String({
    default: 'UTC',
    format: 'time-zone',
    description: 'Time zone whose midnight starts a new log file. Times in the log are always UTC.',
  }),
  LOG_MAX_FILE_MB: integer(100, 1, 10_240, 'Size (MiB) at which a log file is rotated.'),
  LOG_COMPRESS_AFTER_DAYS: integer(7, 1, 36_500, 'Age (days) at which a log file is compressed.'),
  LOG_STREAM_BUDGET_MB: integer(
    10_240,
    0,
    10_485_760,
    'Maximum total size (MiB) of the files of one log stream. The oldest files are deleted above it, except in the audit trail. 0 removes the limit.',
  ),
  LOG_RETENTION_DAYS_DEBUG: retention('DEBUG lines', '7, in production 3'),
  LOG_RETENTION_DAYS_INFO: retention('INFO lines', '30, in production 14'),
  LOG_RETENTION_DAYS_WARNING: retention('WARNING lines', '90, in production 365'),
  LOG_RETENTION_DAYS_ERROR: retention('ERROR and CRITICAL lines', '90, in production 365'),
  LOG_RETENTION_DAYS_AUDIT: retention('audit records', '2557 (seven years)'),
  TURN_RETENTION_DAYS: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 36_500, description: 'Age (days) at which the text of a turn is erased. Unset: kept.' }),
  ),
  FACT_RETENTION_DAYS: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 36_500, description: 'Age (days) at which all of a turn is deleted. Unset: kept.' }),
  ),
  PSEUDONYM_KEY: Type.Optional(
    Type.String({ minLength: 16, description: 'Secret key of the pseudonyms. Unset: generated once and stored in `DATA_DIR`.' }),
  ),
  MAX_SESSIONS: integer(10_000, 1, 10_000_000, 'Maximum number of open sessions.'),
  MAX_SESSIONS_PER_USER: integer(
    5,
    1,
    1000,
    'Maximum number of open sessions of a user. Above it, the longest idle session is closed.',
  ),
  MAX_SESSIONS_PER_CLIENT: integer(
    1000,
    1,
    10_000_000,
    'Open sessions of a client (the application of a key, or an address) that are safe from others. Above it, its oldest session without a message is closed, and its longest idle one if `MAX_SESSIONS` is reached.',
  ),
  SESSION_IDLE_TIMEOUT_S: integer(3600, 1, 31_536_000, 'Time without a message (seconds) after which a session expires.'),
  SESSION_CLEANUP_INTERVAL_S: integer(300, 1, 86_400, 'Interval (seconds) of the cleanup of expired sessions.'),
  SESSION_QUEUE_LIMIT: integer(16, 1, 1000, 'Maximum number of messages that wait in one session.'),
  SLOW_QUERY_MS: integer(100, 1, 60_000, 'Duration (ms) above which a database operation is logged as slow.'),
  ANSWER_THRESHOLD: Type.Number({
    default: 0.4,
    minimum: 0,
    maximum: 1,
    description: 'Minimum confidence of an answer. Below it, the reply is "I don\'t know". 0 answers whatever is found.',
  }),
  ANSWER_LENGTH: integer(
    800,
    200,
    1200,
    'Length (characters) of an answer. Lists and code may exceed it by half, to stay whole.',
  ),
  ANSWER_WORKERS: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 64,
      description:
        'Worker threads that answer questions; each takes about 50 MB. 0 answers in the main thread. Unset: processor cores − 1.',
    }),
  ),
  CONFIG_DIR: Type.String({
    default: 'config',
    minLength: 1,
    description:
      'Folder of `monitoring.yaml` and `texts.yaml`, each of which may be missing. `pellucid config check` checks them.',
  }),
  TEXTS_FILE: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'YAML file with texts of replies that replace the built-in ones. Unset: `texts.yaml` in `CONFIG_DIR`, if there is one. See [Texts](texts.md).',
    }),
  ),
  MONITORING_CONFIG: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'YAML file with alert thresholds, channels, reports and retention. Unset: `monitoring.yaml` in `CONFIG_DIR`, if there is one. See [Alerts](alerts.md).',
    }),
  ),
  WATCH: choice(
    'on',
    ['on', 'off'],
    'Whether the server stores its metrics, evaluates alert rules and sends notifications and reports. `off` starts no thread and no database for it.',
  ),
  ALERT_NOTIFIER: choice(
    'built-in',
    ['built-in', 'alertmanager'],
    'Who sends notifications about alerts: the server, or Alertmanager. Reports and mails about errors are always sent by the server.',
  ),
  COMMAND_PREFIX: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description:
        'How `pellucid` is run on this server, for the commands in alerts and reports, such as `docker exec chat`. Unset: `kubectl exec deploy/pellucid --` in Kubernetes, `docker exec CONTAINER` in the image, otherwise `npx`. Compose sets it.',
    }),
  ),
  PUBLIC_URL: Type.Optional(
    Type.String({
      minLength: 1,
      format: 'web-address',
      description:
        'Address at which operators reach the server, for links in notifications. Unset: the address that it listens on.',
    }),
  ),
  WEBHOOK_SLACK_SECRET: webhookSecret('Signing secret of a Slack app', '/webhooks/slack'),
  WEBHOOK_SLACK_TOKEN: Type.Optional(
    Type.String({
      minLength: 16,
      description: 'Bot token of the Slack app, which posts replies. Unset: only slash commands are answered.',
    }),
  ),
  WEBHOOK_SLACK_API: Type.String({
    default: 'https://slack.com/api',
    format: 'web-address',
    description: 'Address of the Web API of Slack. GovSlack: `https://slack-gov.com/api`.',
  }),
  WEBHOOK_TELEGRAM_SECRET: webhookSecret(
    'Secret token that you give to `setWebhook` of Telegram',
    '/webhooks/telegram',
    'telegram-secrets',
  ),
  WEBHOOK_TEAMS_SECRET: webhookSecret(
    'Security token of an outgoing webhook of Microsoft Teams, in base64. Each team has its own',
    '/webhooks/teams',
    'base64-secrets',
  ),
  WEBHOOK_GENERIC_SECRET: webhookSecret('Secret of your own programs that send messages', '/webhooks/generic'),
  SENTRY_DSN: Type.Optional(
    Type.String({
      minLength: 1,
      format: 'sentry-dsn',
      description:
        'Address of the project in Sentry that errors are sent to. Unset: none is sent. See [Sentry](integrations/sentry.md).',
    }),
  ),
  SENTRY_ENVIRONMENT: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description: 'Environment of errors in Sentry. Unset: `NODE_ENV`.' }),
  ),
  MAX_CONNECTIONS: integer(
    4096,
    1,
    1_000_000,
    'Maximum number of open connections; further ones are closed at once. Lower if the process may open few files.',
  ),
  MAX_EVENT_LOOP_DELAY_MS: integer(1000, 0, 60_000, 'Event-loop delay (ms) above which requests get 503. 0 disables the check.'),
  MAX_HEAP_MB: integer(0, 0, 1_048_576, 'Heap size (MiB) above which requests get 503. 0 disables the check.'),
  SHUTDOWN_TIMEOUT_MS: integer(
    8000,
    1000,
    600_000,
    'Time limit (ms) of a stop, after which the process exits with 1. In Kubernetes, set it well below `terminationGracePeriodSeconds`.',
  ),
  DIAGNOSTIC_ROUTES: Type.Boolean({ default: false, description: 'Enables `GET /hello` and `GET /cause-error`.' }),
})

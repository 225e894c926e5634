/** An envelope of Application Insights, as its ingestion endpoint takes it. */
export interface Envelope {
  readonly name: string
  readonly time: string
  readonly iKey: string
  readonly tags: Readonly<Record<string, string>>
  readonly data: { readonly baseType: string; readonly baseData: BaseData }
}

/** Fields of all kinds of telemetry; which of them occur depends on the kind. */
export interface BaseData {
  readonly id?: string
  readonly name?: string
  readonly message?: string
  readonly type?: string
  readonly target?: string
  readonly responseCode?: string
  readonly resultCode?: string
  readonly duration?: string
  readonly success?: boolean
  readonly severityLevel?: string
  readonly exceptions?: readonly { readonly typeName: string; readonly message: string; readonly stack: string }[]
  readonly metrics?: readonly { readonly name: string; readonly value: number; readonly count?: number }[]
  readonly properties?: Readonly<Record<string, string>>
}

type Check = (value: unknown) => boolean

const isText =
  (maximum: number): Check =>
  value =>
    typeof value === 'string' && value !== '' && value.length <= maximum
const isFlag: Check = value => typeof value === 'boolean'
/** `DD.HH:MM:SS.MMMMMM` */
const isDuration: Check = value => typeof value === 'string' && /^(\d+\.)?\d\d:\d\d:\d\d(\.\d{1,7})?$/.test(value)
const isSeverity: Check = value => /^(Verbose|Information|Warning|Error|Critical)$/.test(String(value))
const isNumber: Check = value => typeof value === 'number' && Number.isFinite(value)
const isListOf =
  (fields: Readonly<Record<string, Check>>): Check =>
  value =>
    Array.isArray(value) && value.length === 1 && value.every(item => problemsOf(fields, item).length === 0)

/** Required fields and their limits, from the schemas that Microsoft publishes for version 2. */
const KINDS: Readonly<Record<string, { readonly name: string; readonly fields: Readonly<Record<string, Check>> }>> = {
  RequestData: {
    name: 'Request',
    fields: { id: isText(512), name: isText(1024), duration: isDuration, responseCode: isText(1024), success: isFlag },
  },
  RemoteDependencyData: {
    name: 'RemoteDependency',
    fields: {
      id: isText(512),
      name: isText(1024),
      duration: isDuration,
      resultCode: isText(1024),
      success: isFlag,
      type: isText(1024),
    },
  },
  ExceptionData: {
    name: 'Exception',
    fields: {
      exceptions: isListOf({ typeName: isText(1024), message: isText(32_768), stack: isText(32_768), hasFullStack: isFlag }),
      severityLevel: isSeverity,
    },
  },
  MessageData: { name: 'Message', fields: { message: isText(32_768), severityLevel: isSeverity } },
  EventData: { name: 'Event', fields: { name: isText(512) } },
  MetricData: { name: 'Metric', fields: { metrics: isListOf({ name: isText(1024), value: isNumber }) } },
}
const ENVELOPE: Readonly<Record<string, Check>> = {
  ver: value => value === 1,
  time: value => typeof value === 'string' && new Date(value).toISOString() === value,
  sampleRate: value => value === 100,
  iKey: value => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
  name: isText(1024),
}
const TAGS: Readonly<Record<string, Check>> = {
  'ai.cloud.role': isText(256),
  'ai.cloud.roleInstance': isText(256),
  'ai.application.ver': isText(1024),
  'ai.internal.sdkVersion': isText(64),
}
const MAX_PROPERTY_NAME = 150
const MAX_PROPERTY_VALUE = 8192

/** Returns what is wrong with an envelope: the path of each field. */
export function findProblems(envelope: unknown): readonly string[] {
  const { name, tags, data } = (envelope ?? {}) as Envelope
  const kind = KINDS[data?.baseType]
  if (kind === undefined) return [`data.baseType: ${data?.baseType}`]
  const { properties = {} } = data.baseData
  return [
    ...problemsOf(ENVELOPE, envelope),
    ...(name === `Microsoft.ApplicationInsights.${kind.name}` ? [] : ['name']),
    ...problemsOf(TAGS, tags).map(field => `tags.${field}`),
    ...Object.entries(tags).flatMap(([tag, value]) => (typeof value === 'string' ? [] : [`tags.${tag}`])),
    ...problemsOf({ ver: value => value === 2, ...kind.fields }, data.baseData).map(field => `${kind.name}.${field}`),
    ...Object.entries(properties).flatMap(([key, value]) =>
      key.length <= MAX_PROPERTY_NAME && typeof value === 'string' && value.length <= MAX_PROPERTY_VALUE
        ? []
        : [`properties.${key}`],
    ),
  ]
}

function problemsOf(fields: Readonly<Record<string, Check>>, value: unknown): readonly string[] {
  const given = (value ?? {}) as Readonly<Record<string, unknown>>
  return Object.entries(fields).flatMap(([field, check]) => (check(given[field]) ? [] : [field]))
}

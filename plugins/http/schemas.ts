import Type, { type TSchema } from 'typebox'

/** Longest message in characters; a question is rarely longer than 300. */
export const MAX_MESSAGE_CHARS = 8000

const text = (minLength: number, maxLength: number, description: string) =>
  Type.String({ minLength, maxLength, format: 'well-formed-text-without-NUL', description })

/** A body or query: what it does not name is refused. */
const closed = <Fields extends Record<string, TSchema>>(fields: Fields) => Type.Object(fields, { additionalProperties: false })

/** It becomes a link on somebody's page: a scheme such as `javascript:` has no business there. */
const WEB_ADDRESS = '^(?!(?!https?:)[A-Za-z][A-Za-z0-9+.-]*:)'

const instant = (description: string) => Type.String({ format: 'date-time', description })
const id = (description: string) => text(1, 128, description)
const userId = text(1, 256, 'Your own id of the user. It is stored and logged as a pseudonym only.')
const message = Type.String({ ...text(1, MAX_MESSAGE_CHARS, 'What the user says; `/help` lists the commands.'), pattern: '\\S' })

const logLevel = Type.Enum(['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'], { description: 'Least level that is logged.' })

/** Every error looks like this. */
export const ErrorReplySchema = Type.Object(
  {
    statusCode: Type.Integer(),
    code: Type.String({ description: 'What went wrong, as a name that never changes its meaning.' }),
    error: Type.String({ description: 'The status in words.' }),
    message: Type.String({ description: 'What went wrong, for a person.' }),
    request_id: Type.String({ description: 'Identifies the request in the server log.' }),
    trace_id: Type.Optional(Type.String({ description: 'Identifies the trace. Absent if the request is not traced.' })),
  },
  { title: 'Error' },
)

export const SessionParams = Type.Object({ id: id('A session id.') })
export const TurnParams = Type.Object({ id: id('A turn id.') })
/** A document's id may contain slashes, written as they are or as `%2F`. */
export const DocumentParams = Type.Object({ '*': text(1, 512, 'A document id; it may contain slashes.') })

export const ChatBody = closed({
  message,
  session_id: Type.Optional(id('The session to go on with; without it a new one is opened.')),
  user_id: Type.Optional(userId),
})
export const ChatHeaders = Type.Object({
  'idempotency-key': Type.Optional(text(1, 255, 'Any text that is unique to this request: a retry with it takes effect once.')),
})
export const SessionBody = closed({ user_id: Type.Optional(userId) })
export const FeedbackBody = closed({ correct: Type.Boolean(), comment: Type.Optional(text(0, 2000, 'Why.')) })
export const DocumentBody = closed({
  title: Type.Optional(text(1, 500, 'Without it, the first heading, or the id.')),
  text: text(1, 2_000_000, 'The document itself; longer ones are ingested from files.'),
  format: Type.Enum(['markdown', 'html', 'rst', 'text']),
  url: Type.Optional(Type.String({ ...text(1, 2000, 'Where a person can read it.'), pattern: WEB_ADDRESS })),
})

export const LogLevelBody = closed({
  level: logLevel,
  module: Type.Optional(text(1, 64, 'Only lines of this module.')),
  session_id: Type.Optional(id('Only lines about this session.')),
  minutes: Type.Integer({ minimum: 1, maximum: 1440, description: 'After so long it falls back by itself.' }),
})

export const TurnPageQuery = closed({
  before: Type.Optional(Type.Integer({ minimum: 1, description: 'Only turns with a smaller `seq`.' })),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
})
export const DocumentPageQuery = closed({
  after: Type.Optional(text(1, 512, 'Only documents whose id comes later in the alphabet.')),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
})
export const SearchQuery = closed({
  q: Type.String({ ...text(1, MAX_MESSAGE_CHARS, 'Words to find.'), pattern: '\\S' }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 10 }),
})

const score = Type.Number({ description: 'The higher the better; comparable within one reply only.' })

export const SourceSchema = Type.Object({
  title: Type.String(),
  location: Type.String(),
  passage: Type.String(),
  score,
  highlights: Type.Optional(
    Type.Array(Type.Object({ start: Type.Integer(), end: Type.Integer() }), {
      description: 'What of `passage` was quoted: offsets in UTF-16 units, `end` exclusive.',
    }),
  ),
})

export const ReceiptSchema = Type.Object(
  {
    response: Type.String(),
    session_id: Type.String(),
    turn_id: Type.String(),
    trace_id: Type.String(),
    kind: Type.Enum(['answer', 'command', 'fallback']),
    confidence: Type.Number({ minimum: 0, maximum: 1 }),
    sources: Type.Array(SourceSchema),
    suggestions: Type.Array(Type.String()),
    timings_ms: Type.Object({
      queue: Type.Number(),
      session: Type.Number(),
      parse: Type.Number(),
      search: Type.Number(),
      answer: Type.Number(),
      total: Type.Number({ description: 'Until the write of the turn is submitted.' }),
    }),
  },
  { title: 'Receipt' },
)

export const OpenedSessionSchema = Type.Object({
  session_id: Type.String(),
  created_at: instant('When it was opened.'),
  expires_at: instant('When it closes if nothing is said.'),
})
export const SessionSchema = Type.Object({
  ...OpenedSessionSchema.properties,
  last_active_at: instant('When something was last said.'),
  turn_count: Type.Integer(),
  verbose: Type.Boolean(),
})
export const TurnPageSchema = Type.Object({
  turns: Type.Array(
    Type.Object({
      turn_id: Type.String(),
      seq: Type.Integer({ description: 'Place in the session, from 1.' }),
      message: Type.String(),
      response: Type.String(),
      kind: Type.Enum(['answer', 'command', 'fallback']),
      confidence: Type.Number(),
      trace_id: Type.String(),
      created_at: instant('When the message came.'),
    }),
  ),
  next: Type.Union([Type.Integer(), Type.Null()], { description: '`before` of the next page; null on the last.' }),
})
export const FeedbackSchema = Type.Object({ turn_id: Type.String(), correct: Type.Boolean() })
export const DocumentSchema = Type.Object({
  document_id: Type.String(),
  title: Type.String(),
  format: Type.Enum(['markdown', 'html', 'rst', 'text']),
  url: Type.Optional(Type.String()),
  passage_count: Type.Integer(),
  text_bytes: Type.Integer(),
  created_at: instant('When it was first stored.'),
  updated_at: instant('When it was last replaced.'),
})
export const FullDocumentSchema = Type.Object({ ...DocumentSchema.properties, text: Type.String() })
export const DocumentPageSchema = Type.Object({
  documents: Type.Array(DocumentSchema),
  next: Type.Union([Type.String(), Type.Null()], { description: '`after` of the next page; null on the last.' }),
})
export const SearchReplySchema = Type.Object({
  results: Type.Array(Type.Object({ document_id: Type.String(), ...SourceSchema.properties })),
  corrections: Type.Array(Type.Object({ word: Type.String(), suggestion: Type.String() }), {
    description: 'Words that no document has, each with the one that was looked up in its place.',
  }),
  took_ms: Type.Number(),
})
export const LogLevelSchema = Type.Object({
  level: logLevel,
  overrides: Type.Array(
    Type.Object({
      level: logLevel,
      module: Type.Optional(Type.String()),
      session_id: Type.Optional(Type.String()),
      until: instant('When it falls back.'),
    }),
    { description: 'What holds for a while, the most specific first; the first that a line falls under decides.' },
  ),
})

export const HealthSchema = Type.Object({ status: Type.Literal('ok') })

const Check = Type.Object({ ok: Type.Boolean(), detail: Type.String() })
export const ReadinessSchema = Type.Object({
  status: Type.Enum(['ready', 'not ready']),
  checks: Type.Object({
    database: Check,
    writer: Check,
    index: Check,
    disk: Check,
    audit: Check,
    log: Check,
    telemetry: Check,
  }),
})

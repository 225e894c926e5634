import { type TSchema, Type } from '../../../src/base/json-schema.ts'
import { VERDICT_WORDS } from '../../../src/base/verdict.ts'

/** Maximum length of a message in characters. Questions are rarely longer than 300. */
export const MAX_MESSAGE_CHARS = 8000

/** A text of valid Unicode without NUL, with its length in characters. */
export const text = (minLength: number, maxLength: number, description: string) =>
  Type.String({ minLength, maxLength, format: 'well-formed-text-without-NUL', description })

/**
 * A body or query that refuses unknown fields. `example` is the prefilled value on the
 * documentation page.
 */
export const closed = <Fields extends Record<string, TSchema>>(fields: Fields, example?: Record<string, unknown>) =>
  Type.Object(fields, { additionalProperties: false, ...(example !== undefined && { examples: [example] }) })

/** A time in ISO 8601. */
export const instant = (description: string) => Type.String({ format: 'date-time', description })
/** An id of 1–128 characters. */
export const id = (description: string) => text(1, 128, description)
const userId = text(1, 256, 'Your own id of the user. Only its pseudonym is stored and logged.')
const message = Type.String({
  ...text(1, MAX_MESSAGE_CHARS, 'A question, or a command: `/help` lists the commands.'),
  pattern: '\\S',
})
const turnKind = Type.Enum(['answer', 'command', 'fallback'], {
  description: '`answer`: quoted from the documents. `fallback`: no answer was found, or a reply to small talk.',
})
const confidence = Type.Number({
  minimum: 0,
  maximum: 1,
  description: 'How likely the documents answer the question. Commands have 1, small talk 0.',
})

/** The body of every error. */
export const ErrorReplySchema = Type.Object(
  {
    statusCode: Type.Integer(),
    code: Type.String({ description: 'The error. Codes never change their meaning.' }),
    error: Type.String({ description: 'The status in words.' }),
    message: Type.String({ description: 'What is wrong. For people; the wording may change.' }),
    request_id: Type.String({ description: 'Identifies the request in the server log.' }),
    trace_id: Type.Optional(Type.String({ description: 'Identifies the trace. Absent if the request is not traced.' })),
  },
  { title: 'Error' },
)

/** The body of a reply without content. */
export const DeletedSchema = Type.Null({ description: 'Deleted.' })
/** The reply to an erasure whose text is still in a file. */
export const ErasingSchema = Type.Object(
  { status: Type.Literal('pending') },
  { description: 'Deleted. The text is overwritten on disk as soon as another process stops reading the database.' },
)

/** Path parameters of a session. */
export const SessionParams = Type.Object({ id: id('The `session_id` in the reply of `POST /sessions` or `POST /chat`.') })
/** Path parameters of a session that an operator names. */
export const SessionNameParams = Type.Object({ id: id('The id of a session, or its `session_id` in the log.') })
/** Body of a request that must be justified. */
export const ReasonBody = closed(
  { reason: Type.String({ ...text(3, 500, 'Why. Recorded in the audit trail.'), pattern: '\\S' }) },
  { reason: 'Ticket 4711: the user reports a wrong answer.' },
)
/** Path parameters of a turn. */
export const TurnParams = Type.Object({ id: id('The `turn_id` in the reply of `POST /chat`.') })

/** Headers of a turn's routes. */
export const TurnHeaders = Type.Object({
  'x-session-id': Type.Optional(
    id('The session of the turn. With it, the reply names the session; of another session, the turn is unknown.'),
  ),
})

/** Body of `POST /chat`. */
export const ChatBody = closed(
  {
    message,
    session_id: Type.Optional(id('The session to continue. Omit it to open a new session.')),
    user_id: Type.Optional(userId),
  },
  { message: 'How do I add documents?' },
)
/** Headers of `POST /chat`. */
export const ChatHeaders = Type.Object({
  'idempotency-key': Type.Optional(text(1, 255, 'A unique key for this request. Requests with the same key take effect once.')),
})
/** Body of `POST /sessions`. */
export const SessionBody = closed({ user_id: Type.Optional(userId) }, { user_id: 'ada' })
/** What a user thinks of a reply, as replies name it. */
const verdict = () => Type.String({ enum: ['good', 'bad'] })
/** Body of a turn's feedback. */
export const FeedbackBody = closed(
  {
    verdict: Type.Optional(Type.String({ enum: [...VERDICT_WORDS], description: 'What the user thinks of the reply.' })),
    correct: Type.Optional(Type.Boolean({ description: 'The former name: `true` is `good`. Used without `verdict`.' })),
    comment: Type.Optional(text(0, 2000, 'The reason.')),
    document_id: Type.Optional(text(1, 512, 'The document that answers the question.')),
  },
  { verdict: 'good', comment: 'It named the right page.' },
)
/** Entries of a page. */
export const pageLimit = Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'Maximum number of entries.' })

/** Query of a session's turns, newest first. */
export const TurnPageQuery = closed({
  before: Type.Optional(Type.Integer({ minimum: 1, description: 'Only turns with a smaller `seq`.' })),
  limit: pageLimit,
})
/** Query of `GET /search`. */
export const SearchQuery = closed({
  q: Type.String({ ...text(1, MAX_MESSAGE_CHARS, 'The words to search for.'), pattern: '\\S', examples: ['add documents'] }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 10, description: 'Maximum number of passages.' }),
})

const score = Type.Number({ description: 'Higher is better. Comparable within one reply only.' })

/** A passage that an answer or a search found. */
export const SourceSchema = Type.Object({
  title: Type.String(),
  location: Type.String(),
  passage: Type.String(),
  score,
  highlights: Type.Optional(
    Type.Array(Type.Object({ start: Type.Integer(), end: Type.Integer() }), {
      description: 'The quoted parts of `passage`, as offsets in UTF-16 code units. `end` is exclusive.',
    }),
  ),
  changed: Type.Optional(
    Type.Boolean({ description: 'True if the document has changed since the reply. `passage` is empty then.' }),
  ),
})

/** Reply to a message. */
export const ReceiptSchema = Type.Object(
  {
    response: Type.String({ description: 'The reply in Markdown.' }),
    response_text: Type.String({ description: 'The reply without markup.' }),
    session_id: Type.String(),
    turn_id: Type.String(),
    trace_id: Type.String(),
    kind: turnKind,
    confidence,
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
  { title: 'Receipt', description: 'The reply to the message, with its sources.' },
)

/** The reply to a webhook, in the format of its system. */
export const WebhookReplySchema = Type.Unsafe<object>(
  Type.Object({}, { additionalProperties: true, description: 'The reply, in the format of the system that sent the message.' }),
)

/** The judgement of a turn. Response schemas have no formats of our own. */
const turnFeedback = Type.Object(
  {
    verdict: verdict(),
    correct: Type.Boolean({ description: 'Whether the verdict is `good`.' }),
    comment: Type.Optional(Type.String()),
    document_id: Type.Optional(Type.String()),
    created_at: instant('When it was given.'),
  },
  { description: 'The latest feedback. Absent if there is none.' },
)

/** A stored turn. */
export const TurnSchema = Type.Object(
  {
    ...ReceiptSchema.properties,
    session_id: Type.Optional(Type.String({ description: 'Absent without the header `x-session-id`.' })),
    feedback: Type.Optional(turnFeedback),
  },
  { title: 'Turn', description: 'The reply to the message, with its sources and its feedback.' },
)

/** Reply to a request that opens a session. */
export const OpenedSessionSchema = Type.Object(
  {
    session_id: Type.String(),
    created_at: instant('When the session was opened.'),
    expires_at: instant('When the session expires if it gets no message.'),
  },
  { description: 'The new session.' },
)
/** Facts of a session. */
export const SessionSchema = Type.Object(
  {
    ...OpenedSessionSchema.properties,
    last_active_at: instant('When the last message arrived.'),
    turn_count: Type.Integer(),
  },
  { description: 'The session.' },
)
/** A page of turns. */
export const TurnPageSchema = Type.Object(
  {
    turns: Type.Array(
      Type.Object({
        turn_id: Type.String(),
        seq: Type.Integer({ description: 'Number of the turn in its session, from 1.' }),
        message: Type.String(),
        response: Type.String(),
        kind: turnKind,
        confidence,
        trace_id: Type.String(),
        created_at: instant('When the message arrived.'),
        feedback: Type.Optional(turnFeedback),
      }),
    ),
    next: Type.Union([Type.Integer(), Type.Null()], { description: '`before` of the next page. Null on the last page.' }),
  },
  { description: 'A page of turns.' },
)
/** A session of others, with a page of its turns. */
export const ReadSessionSchema = Type.Object(
  {
    ...SessionSchema.properties,
    session_id: Type.String({ description: 'The pseudonym of the session, as in the log.' }),
    ...TurnPageSchema.properties,
  },
  { description: 'The session and a page of its turns.' },
)
/** Reply to feedback. */
export const FeedbackSchema = Type.Object(
  { turn_id: Type.String(), verdict: verdict(), correct: Type.Boolean(), document_id: Type.Optional(Type.String()) },
  { description: 'The rating is stored.' },
)
/** Reply of a search. */
export const SearchReplySchema = Type.Object(
  {
    results: Type.Array(Type.Object({ document_id: Type.String(), ...SourceSchema.properties })),
    corrections: Type.Array(Type.Object({ word: Type.String(), suggestion: Type.String() }), {
      description: 'Words that no document contains, each with the word that replaced it.',
    }),
    took_ms: Type.Number(),
  },
  { description: 'The best passages.' },
)

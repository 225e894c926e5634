import { join } from 'node:path'
import type { Test } from 'tap'
import type { Turn } from '../../../src/chat/turn.ts'
import { type DatabaseOptions, openDatabase } from '../../../src/database/database-manager.ts'
import type { Document } from '../../../src/knowledge/document.ts'
import type { Session } from '../../../src/sessions/session.ts'

export interface LoggedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly facts: Readonly<Record<string, unknown>>
  readonly message: string
}

/** Opens a database in a temporary folder, closed after the test, and records its log lines. */
export function openWorld(t: Test, options: Partial<DatabaseOptions> = {}) {
  const path = join(t.testdir(), 'pellucid.db')
  const { log, lines } = recordLog()
  const database = openDatabase({ path, log, ...options })
  t.teardown(() => database.close())
  return { database, path, lines }
}

export function recordLog() {
  const lines: LoggedLine[] = []
  const at = (level: LoggedLine['level']) => (facts: object, message: string) => {
    lines.push({ level, facts: { ...facts }, message })
  }
  return { lines, log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } }
}

export const NO_LIMITS = { maxSessions: 1_000_000, maxPerUser: 1000, maxPerClient: 1000 }

/** Texts with characters that are special in SQL, LIKE patterns, JSON or C strings. */
export const HOSTILE_TEXTS = [
  "'; DROP TABLE sessions; --",
  '"',
  '%',
  '_',
  '\\',
  '?1',
  'a\0b',
  '\0',
  '{"$":1}',
  '__proto__',
  '😀',
  '\u202e',
  ' ',
]

export function sessionOf(id: string, changes: Partial<Session> = {}): Session {
  return { id, createdAt: 1000, lastActiveAt: 1000, expiresAt: 5000, contextFrom: 0, turnCount: 0, ...changes }
}

const TIMINGS = { queue: 1, session: 2, parse: 3, search: 4, answer: 5, total: 15 }

export function turnOf(sessionId: string, turnId: string, changes: Partial<Turn> = {}): Turn {
  const receipt = {
    response: '**In** the folder.',
    responseText: 'In the folder.',
    sessionId,
    turnId,
    traceId: 'ab'.repeat(16),
    kind: 'answer' as const,
    confidence: 0.75,
    sources: [{ title: 'Documents', location: 'docs/documents.md#where', passage: 'They are in the folder.', score: 3.5 }],
    suggestions: ['Folders'],
    timingsMs: TIMINGS,
  }
  return { receipt, seq: 0, message: 'Where are they?', requestId: `request of ${turnId}`, createdAt: 2000, ...changes }
}

export function documentOf(id: string, changes: Partial<Document> = {}): Document {
  const passages = [
    { ordinal: 0, headings: [], location: id, text: `${id} begins` },
    { ordinal: 1, headings: ['Part', 'Chapter'], location: `${id}#chapter`, text: `${id} ends` },
  ]
  return {
    id,
    title: `Title of ${id}`,
    format: 'markdown',
    owner: 'operator',
    text: `# ${id}`,
    hash: `hash of ${id}`,
    passages,
    ...changes,
  }
}

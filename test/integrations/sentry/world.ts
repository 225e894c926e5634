import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type ServerWorld, startServer } from '../../worlds/server-world.ts'

type Scope = Parameters<typeof startServer>[0]

/** Starts a server that finds `@sentry/node`, and sends errors to a project. */
export async function startReportingServer(t: Scope, dsn: string, more: Record<string, string> = {}): Promise<ServerWorld> {
  return startServer(t, {
    NODE_OPTIONS: `--import ${process.env.SENTRY_HOOK}`,
    SENTRY_DSN: dsn,
    DIAGNOSTIC_ROUTES: 'true',
    ...more,
  })
}

/** Causes errors that are ours, and returns the ids of their traces. */
export async function causeErrors({ address }: ServerWorld, count: number): Promise<readonly string[]> {
  const replies = Array.from({ length: count }, () => fetch(`${address}/cause-error`))
  return (await Promise.all(replies)).map(reply => reply.headers.get('x-trace-id') ?? '')
}

/** Makes the database refuse turns and documents with an error that quotes their text. */
export function refuseWrites({ dataDir }: ServerWorld): void {
  const db = new DatabaseSync(join(dataDir, 'pellucid.sqlite'))
  const raise = (table: string, text: string) =>
    db.exec(`CREATE TRIGGER no_${table} BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'no room for: ' || ${text}); END`)
  raise('turns', 'NEW.message')
  raise('documents', `NEW.id || ' ' || NEW.title || ' ' || NEW.text`)
  db.close()
}

/** Reads a value of the metrics; undefined without this series. */
export async function readErrorsMetric({ address }: ServerWorld, name: string): Promise<number | undefined> {
  const text = await (await fetch(`${address}/metrics`)).text()
  const value = new RegExp(`^${name}\\{.*?signal="errors".*?\\} (\\S+)`, 'm').exec(text)?.[1]
  return value === undefined ? undefined : Number(value)
}

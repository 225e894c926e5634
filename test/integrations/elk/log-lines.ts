import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolders, type ServerWorld, say, startServer } from '../../worlds/server-world.ts'

/** An address that users write, which redaction removes. */
export const CANARY = 'ada.canary@example.com'

export interface LogLines {
  readonly logDir: string
  readonly dataDir: string
  readonly server: ServerWorld
  /** Sends questions, requests that fail and requests for unknown paths; returns the turn ids. */
  readonly addTraffic: (rounds: number) => Promise<readonly string[]>
  /** The combined log so far. */
  readonly lines: () => readonly Record<string, unknown>[]
}

/** Starts a server whose log is shipped. */
export async function startLogged(t: { teardown(end: () => unknown): void }, folders = makeFolders(t)): Promise<LogLines> {
  const server = await startServer(
    t,
    { DIAGNOSTIC_ROUTES: 'true', OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' },
    folders,
  )
  return {
    ...folders,
    server,
    async addTraffic(rounds) {
      const turns: string[] = []
      for (let i = 0; i < rounds; i++) {
        turns.push((await say(server.address, `Question ${i} of ${CANARY}?`, { user_id: CANARY })).body.turn_id)
        for (const path of ['/cause-error', `/unknown-${i}`]) await (await fetch(`${server.address}${path}`)).arrayBuffer()
      }
      return turns
    },
    lines: () =>
      readdirSync(join(folders.logDir, 'chatbot')).flatMap(file =>
        readFileSync(join(folders.logDir, 'chatbot', file), 'utf8')
          .split('\n')
          .filter(Boolean)
          .map(line => JSON.parse(line)),
      ),
  }
}

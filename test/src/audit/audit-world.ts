import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditEvent } from '../../../src/audit/audit-events.ts'
import type { AuditFolders } from '../../../src/audit/audit-identity.ts'
import type { AuditRecord } from '../../../src/audit/audit-record.ts'
import { type AuditHead, openAuditState } from '../../../src/audit/audit-state.ts'
import { type AuditTrail, openAuditTrail } from '../../../src/audit/audit-trail.ts'

export const DAY_MS = 86_400_000
export const START_MS = Date.UTC(2026, 0, 15, 10)

export interface AuditWorld {
  readonly root: string
  readonly dataDir: string
  readonly logDir: string
  /** The trail's folder. */
  readonly dir: string
  readonly findings: { readonly broken: boolean; readonly problem: string }[]
  /** The clock. */
  nowMs: number
  /**
   * Opens the trail, as a server and in the world's folders by default; closes it with the test.
   */
  open(writer?: 'server' | 'command', folders?: AuditFolders): AuditTrail
  /** Gives the trail an id before its first record. */
  assignTrailId(id: string): void
  append(trail: AuditTrail, event?: AuditEvent, facts?: Readonly<Record<string, unknown>>): AuditHead
  /** Names and contents of the trail's files. */
  files(): string[]
  read(file: string): string
  write(file: string, content: string | Buffer): void
  records(): AuditRecord[]
}

/** Creates folders for one test, with a clock that the test sets. */
export function createAuditWorld(t: { teardown(fn: () => unknown): void }): AuditWorld {
  const root = mkdtempSync(join(tmpdir(), 'pellucid-audit-'))
  const [dataDir, logDir] = [join(root, 'data'), join(root, 'logs')]
  const dir = join(logDir, 'audit')
  const opened = new Set<AuditTrail>()
  t.teardown(() => {
    for (const trail of opened) trail.close()
    rmSync(root, { recursive: true, force: true })
  })
  const world: AuditWorld = {
    root,
    dataDir,
    logDir,
    dir,
    findings: [],
    nowMs: START_MS,
    open(writer = 'server', folders = { dataDir, logDir }) {
      const trail = openAuditTrail({
        ...folders,
        writer,
        now: () => world.nowMs,
        onFinding: found => world.findings.push(found),
      })
      opened.add(trail)
      return trail
    },
    assignTrailId(id) {
      mkdirSync(dataDir, { recursive: true })
      const state = openAuditState(dataDir, 1000)
      state.setTrailId(id)
      state.close()
    },
    append: (trail, event = 'document_stored', facts = { document_id: 'tea.md' }) =>
      trail.append({ event, actor: 'loopback', time: world.nowMs, facts }),
    files: () => readdirSync(dir).sort(),
    read: file => readFileSync(join(dir, file), 'latin1'),
    write: (file, content) => writeFileSync(join(dir, file), content, 'latin1'),
    records: () =>
      world
        .files()
        .flatMap(file => world.read(file).split('\n').slice(0, -1))
        .map(line => JSON.parse(line)),
  }
  return world
}

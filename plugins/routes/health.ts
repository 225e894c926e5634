import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { readDisk } from '../../otel/metrics/disk-metrics.ts'
import type { Config } from '../../src/config.ts'
import type { LogState } from '../../src/logging/writing/log-transport.ts'
import { roundMs } from '../../src/round-ms.ts'
import type { IndexState } from '../../src/search/index/index-keeper.ts'
import { PROBED } from '../http/probed.ts'

const MIB = 1024 * 1024
/** Below this the next write-ahead log may not fit. */
const MIN_FREE_BYTES = 64 * MIB

/** The service goes on without what tells of it, so a failure there must not take it out of service. */
const TELLING: ReadonlySet<string> = new Set(['audit', 'log', 'telemetry'])

const Ok = Type.Object({ status: Type.Literal('ok') })
const Check = Type.Object({ ok: Type.Boolean(), detail: Type.String() })
const Readiness = Type.Object({
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

interface HealthOptions {
  readonly config: Pick<Config, 'dataDir'>
  /** How the log fares; undefined where it is not written to files. */
  readonly logState?: () => LogState
}

/** Whether the process runs, and whether it can do its work. */
export default (async (fastify, { config, logState }) => {
  const alive = { config: PROBED, schema: { tags: ['service'], summary: 'Whether the process answers', response: { 200: Ok } } }
  fastify.get('/health', alive, async () => ({ status: 'ok' as const }))
  fastify.get('/health/live', alive, async () => ({ status: 'ok' as const }))

  fastify.get(
    '/health/ready',
    {
      config: PROBED,
      schema: {
        tags: ['service'],
        summary: 'Whether the server can do its work, and if not, why',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const { open, writer, isFailing, waitingWrites, lastCommitMs, walBytes } = fastify.databaseManager.manager.state
      const index = fastify.searchEngine.index.state
      const { state: audit } = fastify.audit
      const logFailure = logState?.().failure
      const { ok, detail } = fastify.telemetryWatchdog
      // Where nobody sends messages any more because of a failed write, nothing else would find out that writing works again.
      if (isFailing) fastify.databaseManager.turns.expireKeys(Date.now()).catch(() => undefined)
      const freeBytes = await findFreeBytes(config.dataDir)
      const checks = {
        database: { ok: open, detail: `${open ? 'open' : 'closed'}, ${inMib(walBytes)} MiB of writes to be merged` },
        writer: {
          ok: writer === 'running' && !isFailing,
          detail: `${writer}${isFailing ? ', the last write failed' : ''}, ${waitingWrites} writes wait${describeCommit(lastCommitMs)}`,
        },
        index: { ok: index.ready, detail: describeIndex(index) },
        disk: {
          ok: freeBytes !== undefined && freeBytes >= MIN_FREE_BYTES,
          detail:
            freeBytes === undefined
              ? 'gone, or gives no answer'
              : `${inMib(freeBytes)} MiB free, at least ${MIN_FREE_BYTES / MIB} needed`,
        },
        audit: { ok: audit.failure === undefined, detail: audit.failure ?? 'every record is written' },
        log: { ok: logFailure === undefined, detail: logFailure ?? 'every line is written' },
        telemetry: { ok, detail },
      }
      const allOk = Object.entries(checks).every(([name, { ok }]) => ok || TELLING.has(name))
      if (!allOk) reply.code(503)
      return { status: allOk ? ('ready' as const) : ('not ready' as const), checks }
    },
  )
}) satisfies FastifyPluginAsyncTypebox<HealthOptions>

function describeIndex({ documents, passages, rebuild, saveFailed }: IndexState): string {
  const held = `${passages} passages of ${documents} documents`
  const failed = saveFailed ? ', the last save failed' : ''
  if (rebuild === undefined) return `holds ${held}${failed}`
  const { documentsDone, documentsTotal, earlierServes } = rebuild
  const done = `is being made anew, ${documentsDone} of ${documentsTotal} documents are done`
  return `${done}${earlierServes ? `; an earlier one answers, which holds ${held}` : ''}${failed}`
}

/** Undefined where the folder is gone or the disk does not answer: nothing can be written there. */
async function findFreeBytes(folder: string): Promise<number | undefined> {
  const disk = await readDisk(folder).catch(() => undefined)
  return disk?.freeBytes
}

function inMib(bytes: number): number {
  return Math.floor(bytes / MIB)
}

function describeCommit(lastCommitMs: number | undefined): string {
  return lastCommitMs === undefined ? '' : `, the last one took ${roundMs(lastCommitMs)} ms`
}

import { statfs } from 'node:fs/promises'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import type { Config } from '../../src/config.ts'
import { WATCHED } from '../http/watched.ts'

const MIB = 1024 * 1024
/** Below this the next write-ahead log may not fit. */
const MIN_FREE_BYTES = 64 * MIB

const Ok = Type.Object({ status: Type.Literal('ok') })
const Check = Type.Object({ ok: Type.Boolean(), detail: Type.String() })
const Readiness = Type.Object({
  status: Type.Enum(['ready', 'not ready']),
  checks: Type.Object({ database: Check, writer: Check, index: Check, disk: Check, audit: Check }),
})

/** Whether the process runs, and whether it can do its work. */
export default (async (fastify, { config }) => {
  const alive = { config: WATCHED, schema: { tags: ['service'], summary: 'Whether the process answers', response: { 200: Ok } } }
  fastify.get('/health', alive, async () => ({ status: 'ok' as const }))
  fastify.get('/health/live', alive, async () => ({ status: 'ok' as const }))

  fastify.get(
    '/health/ready',
    {
      config: WATCHED,
      schema: {
        tags: ['service'],
        summary: 'Whether the server can do its work, and if not, why',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const { open, writer, isFailing, waitingWrites } = fastify.database.manager.state
      const { ready, documents, passages } = fastify.searchIndex.state
      const { state: audit } = fastify.audit
      // Where nobody sends messages any more because of a failed write, nothing else would find out that writing works again.
      if (isFailing) fastify.database.turns.expireKeys(Date.now()).catch(() => undefined)
      const freeBytes = await findFreeBytes(config.dataDir)
      const checks = {
        database: { ok: open, detail: open ? 'open' : 'closed' },
        writer: {
          ok: writer === 'running' && !isFailing,
          detail: `${writer}${isFailing ? ', the last write failed' : ''}, ${waitingWrites} writes wait`,
        },
        index: {
          ok: ready,
          detail: `${ready ? 'holds' : 'is being built, so far'} ${passages} passages of ${documents} documents`,
        },
        disk: {
          ok: freeBytes >= MIN_FREE_BYTES,
          detail: `${Math.floor(freeBytes / MIB)} MiB free, at least ${MIN_FREE_BYTES / MIB} needed`,
        },
        audit: { ok: audit.failure === undefined, detail: audit.failure ?? 'every record is written' },
      }
      // The service goes on without its audit trail, so a failing one must not take it out of service.
      const allOk = Object.entries(checks).every(([name, { ok }]) => ok || name === 'audit')
      if (!allOk) reply.code(503)
      return { status: allOk ? ('ready' as const) : ('not ready' as const), checks }
    },
  )
}) satisfies FastifyPluginAsyncTypebox<{ readonly config: Pick<Config, 'dataDir'> }>

/** 0 where the folder is gone: nothing can be written there. */
async function findFreeBytes(folder: string): Promise<number> {
  const disk = await statfs(folder).catch(() => undefined)
  return disk === undefined ? 0 : disk.bavail * disk.bsize
}

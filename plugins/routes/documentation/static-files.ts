import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { ChatError } from '../../../src/errors.ts'

const FOLDER = join(fileURLToPath(import.meta.resolve('@fastify/swagger-ui')), '../static')
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
}

/**
 * Adds routes for the files of the documentation page, 2.5 MB, from memory, and replaces the one
 * that @fastify/swagger-ui adds for them: its replies keep a file open until the client has read
 * it.
 */
export function addStaticFiles(fastify: FastifyInstance, prefix: string): void {
  fastify.addHook('onRoute', route => {
    if (route.url === `${prefix}/*`) {
      route.handler = () => {
        throw new ChatError('ROUTE_NOT_FOUND')
      }
    }
  })
  // The page itself is a route of @fastify/swagger-ui.
  for (const name of readdirSync(FOLDER).filter(name => name !== 'index.html' && extname(name) in TYPES)) {
    const { size, mtimeMs } = statSync(join(FOLDER, name))
    const content = readFileSync(join(FOLDER, name))
    const etag = `W/"${size.toString(16)}-${mtimeMs.toString(16)}"`
    fastify.get(`${prefix}/${name}`, { schema: { hide: true } }, async ({ headers }, reply) => {
      reply.headers({ etag, 'cache-control': 'public, max-age=0' })
      if (headers['if-none-match'] === etag) return reply.code(304).send()
      return reply.type(TYPES[extname(name)] ?? '').send(content)
    })
  }
}

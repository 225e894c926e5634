import type { FastifyInstance, RouteOptions } from 'fastify'
import type { Access } from '../../../src/access/roles.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route with access control. A route without it is for `admin` only. */
    access?: Access
  }
}

export interface RouteAccess {
  readonly method: string
  readonly url: string
  readonly access: Access
}

/** Opens the routes that this plugin registers later to everyone, or to these roles. */
export function grant(fastify: Pick<FastifyInstance, 'addHook'>, access: Access): void {
  fastify.addHook('onRoute', route => {
    route.config = { ...route.config, access }
  })
}

/** Returns a function that lists the routes which are registered later, with their access. */
export function collectAccess(fastify: FastifyInstance): () => readonly RouteAccess[] {
  const routes: RouteOptions[] = []
  fastify.addHook('onRoute', route => void routes.push(route))
  // Hooks of inner plugins may still change the configuration of a route.
  return () =>
    routes.flatMap(({ method, url, config }) => [method].flat().map(method => ({ method, url, access: config?.access ?? [] })))
}

import { join } from 'node:path'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isAccessOff } from '../../src/access/access-mode.ts'
import { ANONYMOUS, createGate } from '../../src/access/gate.ts'
import { openKeyStore } from '../../src/access/key-store.ts'
import { type Caller, createKeyring } from '../../src/access/keyring.ts'
import { createKeyHash } from '../../src/access/keys.ts'
import { mayUse, type Role } from '../../src/access/roles.ts'
import { loadMachineToken, loadSecret } from '../../src/access/secret-file.ts'
import type { Config } from '../../src/config.ts'
import { ChatError } from '../../src/errors.ts'
import { addLogContext } from '../../src/logging/record/log-context.ts'
import { createHostCheck } from './callers/hosts.ts'
import { collectAccess, type RouteAccess } from './callers/route-access.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route with its access, for the documentation and the tests. */
    listAccess(): readonly RouteAccess[]
    /** Whether a caller may see what is for this role. Without access control, everyone may. */
    mayRead(caller: Caller, role: Role): boolean
  }
  interface FastifyRequest {
    caller: Caller
  }
}

type Settings = Pick<Config, 'access' | 'allowedHosts' | 'dataDir' | 'host'>

/** Access control: checks host, key and role, and counts the caller, before the body is read. */
export default fp<{ readonly config: Settings }>(
  async (fastify, { config: { access, allowedHosts, dataDir, host } }) => {
    const store = openKeyStore(dataDir, { isServer: true })
    fastify.addHook('onClose', async () => store.close())
    const isOff = isAccessOff({ access, host })
    const authenticate = createKeyring({
      store,
      hash: createKeyHash(loadSecret(join(dataDir, 'access.key'))),
      machineToken: loadMachineToken(join(dataDir, 'machine.token')),
      now: Date.now,
      onFirstUse: ({ id, name, role }) => void fastify.audit.record('key_first_used', { key_id: id, name, role }),
    })
    const gate = createGate(authenticate)
    const isAllowed = createHostCheck(allowedHosts)
    const checksHosts = isOff || allowedHosts !== ''

    function admit({ headers, is404, routeOptions: { url = '', config } }: FastifyRequest): Caller {
      if (checksHosts && headers.host !== undefined && !isAllowed(headers.host) && !url.startsWith('/health'))
        throw new ChatError('HOST_NOT_ALLOWED')
      if (isOff && !url.startsWith('/admin/')) return ANONYMOUS
      // An unknown path gets 404, which says nothing that the documentation does not.
      return gate.admit(headers.authorization, is404 ? 'everyone' : (config.access ?? []))
    }

    fastify.decorate('listAccess', collectAccess(fastify))
    fastify.decorate('mayRead', (caller, role) => isOff || mayUse(caller.role, [role]))
    fastify.decorateRequest('caller')
    fastify.addHook('onRequest', (request, reply, done) => {
      try {
        request.caller = admit(request)
        if (request.caller.keyId !== undefined) addLogContext({ key_id: request.caller.keyId })
      } catch (error) {
        if (!(error instanceof ChatError)) return done(error as Error)
        const refusal = fastify.rateLimiter.countRefusal(request, reply, error)
        if (refusal.code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer')
        return fastify.failureDelay(request, refusal, () => done(refusal))
      }
      const counted = fastify.rateLimiter.countCaller(request, reply, request.caller)
      if (counted === undefined) done()
      else counted.then(() => done(), done)
    })
  },
  { name: 'access', dependencies: ['audit', 'failure-delay', 'rate-limit'] },
)

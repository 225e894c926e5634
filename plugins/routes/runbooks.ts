import helmet from '@fastify/helmet'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { ChatError } from '../../src/errors.ts'
import { readCommandPrefix } from '../../src/watch/rules/command-prefix.ts'
import { describeLimits, titleOf, withPrefix } from '../../src/watch/rules/rule-texts.ts'
import { RULES } from '../../src/watch/rules/rules.ts'
import { PAGE_HEADERS } from '../access/callers/page-headers.ts'
import { grant } from '../access/callers/route-access.ts'
import { RUNBOOK_POLICY, renderRunbook } from './documentation/runbook-page.ts'
import { RuleParams } from './schemas/monitoring-schemas.ts'

export interface RunbookOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** `GET /runbooks/:rule`: what an alert means and what to do. It says nothing about this server. */
export default fp(
  (async (fastify, { environment }) => {
    grant(fastify, 'everyone')
    await fastify.register(helmet, PAGE_HEADERS)
    const prefix = readCommandPrefix(environment)
    fastify.get('/runbooks/:rule', { schema: { hide: true, params: RuleParams } }, async ({ params }, reply) => {
      const rule = RULES.find(({ id }) => id === params.rule)
      if (rule === undefined) throw new ChatError('ROUTE_NOT_FOUND')
      reply.type('text/html; charset=utf-8').header('content-security-policy', RUNBOOK_POLICY)
      const { id, severity, summary, users, action } = rule
      return renderRunbook({
        id,
        title: titleOf(rule),
        severity,
        summary,
        users,
        action: withPrefix(action, prefix),
        limits: describeLimits(rule),
      })
    })
  }) satisfies FastifyPluginAsyncTypebox<RunbookOptions>,
  { name: 'runbooks-routes', encapsulate: true },
)

import type { FastifySchema } from 'fastify'

interface Route {
  readonly schema: FastifySchema
  readonly url: string
}

interface ObjectSchema {
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>
}

/**
 * A route as OpenAPI describes it. A document's id may contain slashes, which the router allows
 * only in a wildcard; OpenAPI has no wildcards. The catch-all responses `4xx` and `5xx` are left
 * out, and query parameters with a default are optional.
 */
export function describeRoute({ schema, url }: Route): { schema: FastifySchema; url: string } {
  const { response, querystring, params } = schema ?? {}
  const described: FastifySchema = {
    ...schema,
    response: withoutCatchAlls(response),
    ...(querystring !== undefined && { querystring: withOptionalDefaults(querystring as ObjectSchema) }),
  }
  const id = (params as ObjectSchema | undefined)?.properties?.['*']
  if (id === undefined) return { schema: described, url }
  return {
    schema: { ...described, params: { type: 'object', required: ['id'], properties: { id } } },
    url: url.replace('*', ':id'),
  }
}

function withoutCatchAlls(response: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(response ?? {}).filter(([status]) => !status.endsWith('xx')))
}

function withOptionalDefaults(query: ObjectSchema): ObjectSchema {
  return { ...query, required: query.required?.filter(name => query.properties?.[name]?.default === undefined) ?? [] }
}

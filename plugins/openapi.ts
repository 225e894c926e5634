import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'

/** The API's description, made from the routes' own schemas: JSON at `/docs/json`, a page at `/docs`. */
export default fp<{ readonly version: string }>(
  async (fastify, { version }) => {
    await fastify.register(swagger, {
      openapi: {
        info: { title: 'Pellucid', version, description: 'A chatbot API that its operators can see through.' },
        tags: [
          { name: 'chat', description: 'Messages and their receipts' },
          { name: 'sessions', description: 'Conversations' },
          { name: 'documents', description: 'What answers are taken from' },
          { name: 'service', description: 'Health and metrics' },
        ],
      },
      // A document's id may contain slashes, which a router's parameter may not; its description may.
      transform: ({ schema, url }) => ({ schema, url: url.replace('*', ':id') }),
    })
    await fastify.register(swaggerUi, { routePrefix: '/docs' })
  },
  { name: 'openapi' },
)

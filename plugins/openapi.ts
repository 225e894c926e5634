import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'
import { rememberIds } from './http/documentation/id-memory.ts'
import { ICON, LOGO } from './http/documentation/landing-page.ts'
import { addLiveExamples, findLiveExamples, type LiveExamples } from './http/documentation/live-examples.ts'
import { describeRoute } from './http/documentation/route-description.ts'
import { addStaticFiles } from './http/documentation/static-files.ts'

/**
 * The OpenAPI description, generated from the schemas of the routes: JSON at `/docs/json`, a page
 * at `/docs`.
 */
export default fp<{ readonly version: string }>(
  async (fastify, { version }) => {
    await fastify.register(swagger, {
      openapi: {
        info: { title: 'Pellucid', version, description: 'A chatbot API that its operators can see through.' },
        tags: [
          { name: 'chat', description: 'Messages, receipts and feedback' },
          { name: 'sessions', description: 'Conversations' },
          { name: 'documents', description: 'The documents that answers quote' },
          { name: 'service', description: 'Health, metrics and log level' },
        ],
      },
      transform: describeRoute,
    })
    addStaticFiles(fastify, '/docs/static')
    let examples: LiveExamples = { message: '/help', documentId: undefined }
    await fastify.register(swaggerUi, {
      routePrefix: '/docs',
      uiConfig: { tryItOutEnabled: true, displayRequestDuration: true, deepLinking: true, plugins: [rememberIds] },
      uiHooks: {
        preHandler: async () => {
          examples = await findLiveExamples(fastify.knowledge)
        },
      },
      transformSpecification: specification => addLiveExamples(specification, examples),
      logo: { type: 'image/svg+xml', content: Buffer.from(LOGO) },
      theme: {
        title: 'Pellucid API',
        favicon: [{ filename: 'icon.svg', rel: 'icon', type: 'image/svg+xml', sizes: 'any', content: Buffer.from(ICON) }],
      },
    })
  },
  { name: 'openapi', dependencies: ['knowledge'] },
)

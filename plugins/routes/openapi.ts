import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'
import { stringify } from 'yaml'
import { ROLES } from '../../src/access/roles.ts'
import { DOCS_POLICY, PAGE_HEADERS } from '../access/callers/page-headers.ts'
import { grant } from '../access/callers/route-access.ts'
import { rememberIds } from './documentation/id-memory.ts'
import { ICON, LOGO } from './documentation/landing-page.ts'
import { findLiveExamples } from './documentation/live-examples.ts'
import { createOpenapiTexts, serveOpenapiTexts } from './documentation/openapi-texts.ts'
import { describeRoute } from './documentation/route-description.ts'
import { describeService } from './documentation/service-description.ts'
import { addStaticFiles } from './documentation/static-files.ts'

/**
 * The OpenAPI description, generated from the schemas of the routes: JSON at `/docs/json`, a page
 * at `/docs`.
 */
export default fp<{ readonly version: string }>(
  async (fastify, { version }) => {
    await fastify.register(swagger, {
      openapi: describeService(version),
      transform: describeRoute,
    })
    const texts = createOpenapiTexts(() => fastify.swagger(), stringify)
    await fastify.register(async docs => {
      grant(docs, ROLES)
      await docs.register(helmet, PAGE_HEADERS)
      addStaticFiles(docs, '/docs/static')
      serveOpenapiTexts(docs, '/docs', async text => texts.read(text, await findLiveExamples(fastify.knowledge)))
      await docs.register(swaggerUi, {
        routePrefix: '/docs',
        staticCSP: true,
        transformStaticCSP: () => DOCS_POLICY,
        uiConfig: { tryItOutEnabled: true, displayRequestDuration: true, deepLinking: true, plugins: [rememberIds] },
        logo: { type: 'image/svg+xml', content: Buffer.from(LOGO) },
        theme: {
          title: 'Pellucid API',
          favicon: [{ filename: 'icon.svg', rel: 'icon', type: 'image/svg+xml', sizes: 'any', content: Buffer.from(ICON) }],
        },
      })
    })
  },
  { name: 'openapi', dependencies: ['knowledge'] },
)

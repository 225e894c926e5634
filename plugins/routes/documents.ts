import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { grant } from '../access/callers/route-access.ts'
import { describeOperation } from './documentation/operations.ts'
import { describeDocument } from './replies/document-reply.ts'
import { toWire } from './replies/wire-names.ts'
import {
  DocumentBody,
  DocumentPageQuery,
  DocumentPageSchema,
  DocumentParams,
  DocumentSchema,
  FullDocumentSchema,
  NewDocumentParams,
  ReplacedDocumentSchema,
} from './schemas/document-schemas.ts'
import { DeletedSchema } from './schemas/schemas.ts'

/** Documents: list, get, put, delete. */
export default fp(
  (async fastify => {
    grant(fastify, ['curator'])
    fastify.get(
      '/documents',
      { schema: { ...describeOperation('listDocuments', { 200: DocumentPageSchema }), querystring: DocumentPageQuery } },
      async request => {
        const { documents, next } = await fastify.knowledge.list(request.query)
        return toWire({ documents: documents.map(describeDocument), next })
      },
    )

    fastify.get(
      '/documents/*',
      {
        schema: { ...describeOperation('getDocument', { 200: FullDocumentSchema }), params: DocumentParams },
        onRequest: fastify.heldBytes.checkReply,
      },
      async request => {
        const document = await fastify.knowledge.find(request.params['*'])
        return toWire({ ...describeDocument(document), text: document.text })
      },
    )

    fastify.put(
      '/documents/*',
      {
        schema: {
          ...describeOperation('putDocument', { 200: ReplacedDocumentSchema, 201: DocumentSchema }),
          params: NewDocumentParams,
          body: DocumentBody,
        },
        // Two million characters are up to 6 MB in UTF-8, plus escapes.
        bodyLimit: 8_388_608,
      },
      async (request, reply) => {
        const { document, created } = await fastify.knowledge.put({ id: request.params['*'], ...request.body })
        reply.code(created ? 201 : 200)
        return toWire(describeDocument(document))
      },
    )

    fastify.delete(
      '/documents/*',
      { schema: { ...describeOperation('deleteDocument', { 204: DeletedSchema }), params: DocumentParams } },
      async (request, reply) => {
        await fastify.knowledge.remove(request.params['*'])
        return reply.code(204).send(null)
      },
    )
  }) satisfies FastifyPluginAsyncTypebox,
  { name: 'documents-routes', dependencies: ['held-bytes', 'knowledge'], encapsulate: true },
)

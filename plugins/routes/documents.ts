import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import type { DocumentSummary } from '../../src/knowledge/document.ts'
import {
  DocumentBody,
  DocumentPageQuery,
  DocumentPageSchema,
  DocumentParams,
  DocumentSchema,
  FullDocumentSchema,
} from '../http/schemas.ts'
import { toWire } from '../http/wire-names.ts'

/** The documents that answers are taken from. */
export default (async fastify => {
  fastify.get(
    '/documents',
    {
      schema: {
        tags: ['documents'],
        summary: 'List documents by id',
        querystring: DocumentPageQuery,
        response: { 200: DocumentPageSchema },
      },
    },
    async request => {
      const { documents, next } = await fastify.knowledge.list(request.query)
      return toWire({ documents: documents.map(describe), next })
    },
  )

  fastify.get(
    '/documents/*',
    {
      schema: { tags: ['documents'], summary: 'Read a document', params: DocumentParams, response: { 200: FullDocumentSchema } },
    },
    async request => {
      const document = await fastify.knowledge.find(request.params['*'])
      return toWire({ ...describe(document), text: document.text })
    },
  )

  fastify.put(
    '/documents/*',
    {
      schema: {
        tags: ['documents'],
        summary: 'Store or replace a document',
        params: DocumentParams,
        body: DocumentBody,
        response: { 200: DocumentSchema, 201: DocumentSchema },
      },
      // Two million characters are up to 6 MB of UTF-8, and JSON escapes some of them.
      bodyLimit: 8_388_608,
    },
    async (request, reply) => {
      const { document, created } = await fastify.knowledge.put({ id: request.params['*'], ...request.body })
      reply.code(created ? 201 : 200)
      return toWire(describe(document))
    },
  )

  fastify.delete(
    '/documents/*',
    { schema: { tags: ['documents'], summary: 'Remove a document', params: DocumentParams, response: { 204: Type.Null() } } },
    async (request, reply) => {
      await fastify.knowledge.remove(request.params['*'])
      return reply.code(204).send(null)
    },
  )
}) satisfies FastifyPluginAsyncTypebox

function describe({ id, title, format, url, passageCount, textBytes, createdAt, updatedAt }: DocumentSummary) {
  return {
    documentId: id,
    title,
    format,
    ...(url !== undefined && { url }),
    passageCount,
    textBytes,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  }
}

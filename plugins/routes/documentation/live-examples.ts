import type { KnowledgeBase } from '../../../src/knowledge/knowledge-base.ts'

/** Examples that depend on the documents that the server has now. */
export interface LiveExamples {
  /** A message that gets an answer. */
  readonly message: string
  /** The first document. Undefined without documents. */
  readonly documentId: string | undefined
}

/** Chooses examples: a question that the manual answers, or `/help` once it is removed. */
export async function findLiveExamples(knowledge: Pick<KnowledgeBase, 'list'>): Promise<LiveExamples> {
  const [first] = (await knowledge.list({ limit: 1 })).documents
  return { message: first?.owner === 'project' ? 'How do I add documents?' : '/help', documentId: first?.id }
}

interface Example {
  example?: unknown
}

/** The parts of the OpenAPI document that get an example. */
interface Specification {
  readonly paths: {
    readonly '/chat': { readonly post: { readonly requestBody: { readonly content: { readonly 'application/json': Example } } } }
    readonly '/documents/{id}': { readonly get: { readonly parameters: readonly Example[] } }
  }
}

/** Puts the examples into a copy of the OpenAPI document, which it returns. */
export function addLiveExamples(specification: object, { message, documentId }: LiveExamples): Record<string, unknown> {
  const { paths } = specification as Specification
  paths['/chat'].post.requestBody.content['application/json'].example = { message }
  const [id] = paths['/documents/{id}'].get.parameters
  if (id !== undefined && documentId !== undefined) id.example = documentId
  return specification as Record<string, unknown>
}

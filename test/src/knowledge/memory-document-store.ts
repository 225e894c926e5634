import type { Document, DocumentStore, DocumentSummary } from '../../../src/knowledge/document.ts'

type Stored = Document & { readonly createdAt: number; readonly updatedAt: number }

/** An in-memory implementation of the document store. */
export function createMemoryDocumentStore(): DocumentStore {
  const documents = new Map<string, Stored>()
  const changes = new Map<string, number>()
  let revision = 0
  let isPristine = true

  const change = (id: string) => {
    changes.delete(id)
    changes.set(id, ++revision)
  }
  const summaries = () => [...documents.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map(summarize)

  return {
    async put(incoming, now) {
      isPristine = false
      if (incoming.some(({ owner }) => owner === 'operator')) {
        for (const { id, owner } of documents.values()) if (owner === 'project' && documents.delete(id)) change(id)
      }
      for (const document of incoming) {
        documents.set(document.id, { ...document, createdAt: documents.get(document.id)?.createdAt ?? now, updatedAt: now })
        change(document.id)
      }
    },
    async remove(ids) {
      const removed = ids.filter(id => documents.delete(id))
      removed.forEach(change)
      return removed.length
    },
    async find(id) {
      const stored = documents.get(id)
      return stored && { ...summarize(stored), text: stored.text }
    },
    list: async ({ after = '', limit }) =>
      summaries()
        .filter(({ id }) => id > after)
        .slice(0, limit),
    count: async () => documents.size,
    owner: async () => documents.values().next().value?.owner,
    findMany: async ids => summaries().filter(({ id }) => ids.includes(id)),
    fromFilesBelow: async path =>
      summaries().filter(({ owner, file }) => owner === 'operator' && (file === path || file?.startsWith(`${path}/`) === true)),
    passages: async refs =>
      refs.map(({ documentId, ordinal }) => {
        const stored = documents.get(documentId)
        const passage = stored?.passages[ordinal]
        return stored && passage && { ...passage, documentId, title: stored.title }
      }),
    async changesSince(since, limit) {
      const newer = [...changes].filter(([, number]) => number > since).slice(0, limit)
      return {
        revision: newer.at(-1)?.[1] ?? since,
        changes: newer.map(([id, revision]) => ({
          revision,
          documentId: id,
          title: documents.get(id)?.title ?? '',
          passages: documents.get(id)?.passages ?? [],
        })),
      }
    },
    revisionOf: async ids => Math.max(0, ...ids.map(id => changes.get(id) ?? 0)),
    revision: async () => revision,
    isPristine: async () => isPristine,
  }
}

function summarize({ text, passages, ...facts }: Stored): DocumentSummary {
  return { ...facts, passageCount: passages.length, textBytes: Buffer.byteLength(text) }
}

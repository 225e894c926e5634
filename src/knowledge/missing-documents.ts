import type { DocumentOwner } from './document.ts'

const HOW_TO_ADD = 'Add documents with: npx pellucid ingest FOLDER'

/**
 * Says that the operator has added no documents, and how to add them. Undefined if there are some.
 * @param owner Who added the documents; undefined if there are none.
 */
export function describeMissingDocuments(owner: DocumentOwner | undefined): string | undefined {
  if (owner === 'operator') return undefined
  if (owner === undefined) return `The knowledge base is empty. ${HOW_TO_ADD}`
  return `No documents have been added yet, only the built-in manual is searched. ${HOW_TO_ADD}`
}

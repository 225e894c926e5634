import type { DocumentOwner, DocumentStore } from './document.ts'

/** A store that knows who added its documents. */
export interface TrackedStore extends DocumentStore {
  /**
   * Who had added the documents when the revision was last read: undefined if there were none, or
   * if it has not been read yet.
   */
  readonly lastOwner: DocumentOwner | undefined
}

/** Wraps a store so that each read of a new revision also reads who added the documents. */
export function trackOwner(store: DocumentStore): TrackedStore {
  let lastRevision: number | undefined
  let lastOwner: DocumentOwner | undefined
  return {
    ...store,
    async revision() {
      const revision = await store.revision()
      if (revision !== lastRevision) lastOwner = await store.owner()
      lastRevision = revision
      return revision
    },
    get lastOwner() {
      return lastOwner
    },
  }
}

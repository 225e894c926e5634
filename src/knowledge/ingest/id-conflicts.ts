import type { DocumentSummary } from '../document.ts'
import { fileExists } from './source-finder.ts'

/** The ids that one run has used so far. */
export interface IdRegistry {
  /** Registers an id. Returns the problem if another place of this run already uses it. */
  claim(id: string, where: string): string | undefined
  /** The places by id. */
  readonly places: ReadonlyMap<string, string>
}

/** Creates a registry for one run, in which two documents with one id are an error. */
export function createIdRegistry(): IdRegistry {
  const places = new Map<string, string>()
  return {
    places,
    claim(id, where) {
      const place = places.get(id)
      if (place !== undefined) return describeConflict(id, place)
      places.set(id, where)
      return undefined
    },
  }
}

/**
 * Returns the problem if a stored document belongs to another file than the one that now has its
 * id. A file may replace a document that came over REST or whose file no longer exists.
 */
export async function findIdConflict(stored: DocumentSummary, file: string): Promise<string | undefined> {
  if (stored.owner !== 'operator' || stored.file === undefined || stored.file === file) return undefined
  return (await fileExists(stored.file)) ? describeConflict(stored.id, stored.file) : undefined
}

function describeConflict(id: string, place: string): string {
  return `Id "${id}" is already used by the document from ${place}`
}

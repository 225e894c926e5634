/** A saved object of Kibana 8.8 or later: a line of the NDJSON file that it imports. */
export interface SavedObject {
  readonly id: string
  readonly type: 'index-pattern' | 'search' | 'dashboard'
  readonly attributes: Readonly<Record<string, unknown>>
  readonly references: readonly Reference[]
  readonly coreMigrationVersion: string
  readonly typeMigrationVersion: string
}

export interface Reference {
  readonly name: string
  readonly type: SavedObject['type']
  readonly id: string
}

/** Id of the data view of all indices. */
export const DATA_VIEW_ID = 'pellucid-logs'

const VERSION = '8.8.0'

/** Creates a saved object. `id` gets the prefix `pellucid-`. */
export function savedObject(
  type: SavedObject['type'],
  id: string,
  attributes: SavedObject['attributes'],
  references: readonly Reference[] = [],
): SavedObject {
  return { id: `pellucid-${id}`, type, attributes, references, coreMigrationVersion: VERSION, typeMigrationVersion: VERSION }
}

/** Returns the text that Kibana stores for a query in KQL; `indexRefName` names a reference. */
export function searchSource(kql: string, indexRefName?: string): { readonly searchSourceJSON: string } {
  return { searchSourceJSON: JSON.stringify({ query: { query: kql, language: 'kuery' }, filter: [], indexRefName }) }
}

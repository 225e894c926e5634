import { DASHBOARD } from './dashboard.ts'
import { type SavedObject, savedObject } from './saved-object.ts'
import { SEARCHES } from './searches.ts'

const DATA_VIEW = savedObject('index-pattern', 'logs', {
  title: 'chatbot-logs-*',
  name: 'Pellucid log',
  timeFieldName: '@timestamp',
})

/** All saved objects of Kibana, what is referenced first. */
export const SAVED_OBJECTS: readonly SavedObject[] = [DATA_VIEW, ...SEARCHES, DASHBOARD]

/** Returns the file that Kibana imports. */
export function toNdjson(objects: readonly SavedObject[]): string {
  return objects.map(object => `${JSON.stringify(object)}\n`).join('')
}

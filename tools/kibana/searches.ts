import { DATA_VIEW_ID, type SavedObject, savedObject, searchSource } from './saved-object.ts'

const INDEX_REFERENCE = 'kibanaSavedObjectMeta.searchSourceJSON.index'

/** The stored searches, in KQL. */
export const SEARCHES: readonly SavedObject[] = [
  search('failures', 'Failures', 'level : ("ERROR" or "CRITICAL")', ['level', 'module', 'code', 'msg', 'trace_id']),
  search('slow-requests', 'Requests slower than 2 s', 'function : "end_request" and took_ms > 2000', [
    'route',
    'status',
    'took_ms',
    'turn_id',
  ]),
  search('turns', 'Conversation turns', 'msg.keyword : "Bot response sent" and replayed : false', [
    'kind',
    'confidence',
    'took_ms',
    'turn_id',
    'session_id',
  ]),
  search('refusals', 'Refused requests', 'code : ("OVERLOADED" or "RATE_LIMITED")', ['code', 'route', 'client', 'status']),
]

function search(id: string, title: string, kql: string, columns: readonly string[]): SavedObject {
  const attributes = {
    title: `Pellucid: ${title}`,
    description: '',
    columns,
    sort: [['@timestamp', 'desc']],
    grid: {},
    hideChart: false,
    kibanaSavedObjectMeta: searchSource(kql, INDEX_REFERENCE),
  }
  return savedObject('search', id, attributes, [{ name: INDEX_REFERENCE, type: 'index-pattern', id: DATA_VIEW_ID }])
}

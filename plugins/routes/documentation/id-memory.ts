/** The part of swagger-ui that the plugin uses. */
interface SwaggerUi {
  readonly specActions: {
    changeParam(operation: readonly [path: string, method: string], name: string, place: 'path', value: string): unknown
  }
}

interface Executed {
  readonly ok?: boolean
  readonly obj?: Readonly<Record<string, unknown>> | null
}

type SetResponse = (path: string, method: string, response: Executed) => unknown

/**
 * A plugin of swagger-ui: after "Execute", the ids in the reply become the ids in the fields of the
 * other operations. A deletion empties them. It is sent to the browser as text, so it uses nothing
 * outside its body.
 */
export function rememberIds() {
  const fields: readonly (readonly [id: string, path: string, method: string])[] = [
    ['session_id', '/sessions/{id}', 'get'],
    ['session_id', '/sessions/{id}', 'delete'],
    ['session_id', '/sessions/{id}/turns', 'get'],
    ['turn_id', '/turns/{id}', 'get'],
    ['turn_id', '/turns/{id}/feedback', 'post'],
    ['document_id', '/documents/{id}', 'get'],
    ['document_id', '/documents/{id}', 'delete'],
  ]
  const deleted: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    '/sessions/{id}': { session_id: '', turn_id: '' },
    '/documents/{id}': { document_id: '' },
  }
  const setResponse =
    (original: SetResponse, { specActions }: SwaggerUi): SetResponse =>
    (path, method, response) => {
      const result = original(path, method, response)
      const ids = method === 'delete' ? deleted[path] : response.obj
      for (const [name, target, verb] of fields) {
        const id = response.ok ? ids?.[name] : undefined
        if (typeof id === 'string') specActions.changeParam([target, verb], 'id', 'path', id)
      }
      return result
    }
  return { statePlugins: { spec: { wrapActions: { setResponse } } } }
}

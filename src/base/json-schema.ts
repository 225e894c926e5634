import type TypeBox from 'typebox'

export type { Static, TSchema } from 'typebox'

type Schema = Readonly<Record<string, unknown>>
type Properties = Readonly<Record<string, Schema>>

const optional = new WeakSet<Schema>()
const typed = (type: string) => (options?: Schema) => ({ type, ...options })

const BUILDERS = {
  String: typed('string'),
  Integer: typed('integer'),
  Number: typed('number'),
  Boolean: typed('boolean'),
  Null: typed('null'),
  Literal: (value: unknown, options?: Schema) => ({ type: typeof value, const: value, ...options }),
  Enum: (values: readonly string[], options?: Schema) => ({ enum: values, ...options }),
  Union: (anyOf: readonly Schema[], options?: Schema) => ({ anyOf, ...options }),
  Array: (items: Schema, options?: Schema) => ({ type: 'array', items, ...options }),
  Record: ({ pattern = '^.*$' }: { readonly pattern?: string }, value: Schema, options?: Schema) => ({
    type: 'object',
    patternProperties: { [pattern]: value },
    ...options,
  }),
  Object(properties: Properties, options?: Schema) {
    const required = Object.keys(properties).filter(name => !optional.has(properties[name]!))
    return { type: 'object', ...(required.length > 0 && { required }), properties, ...options }
  },
  Optional(schema: Schema) {
    const marked = { ...schema }
    optional.add(marked)
    return marked
  },
  Unsafe: (schema: Schema) => schema,
}

/**
 * Builds JSON schemas with the functions and the types of `typebox`. Only the types are imported:
 * the package has 373 modules, which take 22 MB and a tenth of the time of a start.
 */
export const Type = BUILDERS as unknown as Pick<typeof TypeBox, keyof typeof BUILDERS>

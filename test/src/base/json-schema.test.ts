import t from 'tap'
import TypeBox from 'typebox'
import { Type } from '../../../src/base/json-schema.ts'

/** A schema with every builder, in all forms that they have. */
function buildSchemas(build: typeof Type) {
  const name = build.String({ minLength: 1, description: 'A name.' })
  return [
    build.Object({}),
    build.Object(
      { name, count: build.Optional(build.Integer({ minimum: 0 })), flag: build.Optional(build.Boolean()) },
      { additionalProperties: false },
    ),
    build.Object({ all: build.Optional(build.Null()) }),
    build.Array(build.Number(), { maxItems: 3 }),
    build.Union([build.String(), build.Null()], { description: 'Perhaps.' }),
    build.Enum(['a', 'b'], { description: 'One of two.' }),
    build.Literal('ok'),
    build.Literal(1, { description: 'One.' }),
    build.Record(build.String({ pattern: '^[a-z]$' }), name, { maxProperties: 2 }),
    build.Record(build.String(), name),
    build.Unsafe<'x'>(build.String({ enum: ['x'] })),
  ]
}

t.test('schemas are those of typebox', async t => {
  t.equal(JSON.stringify(buildSchemas(Type)), JSON.stringify(buildSchemas(TypeBox)))
})

t.test('an optional schema is required elsewhere, if it is not used as optional there', async t => {
  const name = Type.String()
  t.same(Type.Object({ first: Type.Optional(name), last: name }).required, ['last'])
})

import { Ajv, type Options } from 'ajv'
import fp from 'fastify-plugin'

const SHARED: Options = { useDefaults: true, allErrors: false, strict: false, messages: true }

/**
 * Strict bodies, lenient queries: a body is taken as it is, without coercion, and an unknown field is refused by name; query, path and headers are text by
 * nature, so their numbers and booleans are read from it.
 */
export default fp(
  async fastify => {
    const strict = withFormats(new Ajv({ ...SHARED, coerceTypes: false, removeAdditional: false }))
    const lenient = withFormats(new Ajv({ ...SHARED, coerceTypes: 'array', removeAdditional: false }))
    fastify.setValidatorCompiler(({ schema, httpPart }) => (httpPart === 'body' ? strict : lenient).compile(schema as object))
    // Without it, a body of text/plain would be handed on as a string that no schema describes.
    fastify.removeContentTypeParser('text/plain')
  },
  { name: 'validation' },
)

function withFormats(ajv: Ajv): Ajv {
  // SQLite would keep a NUL and turn a lone surrogate into U+FFFD: what is stored would not be what was said.
  return ajv.addFormat('well-formed-text-without-NUL', (text: string) => text.isWellFormed() && !text.includes('\0'))
}

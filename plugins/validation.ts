import { Ajv, type Options } from 'ajv'
import fp from 'fastify-plugin'
import { ChatError } from '../src/errors.ts'

/** Refuses what it would otherwise replace by U+FFFD: what is stored has to be what was said. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true })

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
    const parseJson = fastify.getDefaultJsonParser('error', 'error')
    fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
      let text: string
      try {
        text = UTF_8.decode(body as Buffer)
      } catch (cause) {
        done(new ChatError('VALIDATION_ERROR', { message: 'The body is not valid UTF-8', cause }))
        return
      }
      parseJson(request, text, done)
    })
  },
  { name: 'validation' },
)

function withFormats(ajv: Ajv): Ajv {
  // SQLite would keep a NUL and turn a lone surrogate into U+FFFD: what is stored would not be what was said.
  return ajv.addFormat('well-formed-text-without-NUL', (text: string) => text.isWellFormed() && !text.includes('\0'))
}

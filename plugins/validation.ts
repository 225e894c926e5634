import { Ajv, type Options } from 'ajv'
import fastJsonStringify, { type Schema } from 'fast-json-stringify'
import fp from 'fastify-plugin'
import { ChatError } from '../src/errors.ts'

/**
 * Throws on invalid bytes. Replacing them by U+FFFD would store another text than the client sent.
 */
const UTF_8 = new TextDecoder('utf-8', { fatal: true })

const SHARED: Options = { useDefaults: true, allErrors: false, strict: false, messages: true }

/**
 * Validation of requests. Bodies are strict: no type is converted, and unknown fields are refused
 * by name. Query, path and headers are text, so numbers and booleans are converted from it.
 */
export default fp(
  async fastify => {
    const strict = withFormats(new Ajv({ ...SHARED, coerceTypes: false, removeAdditional: false }))
    const lenient = withFormats(new Ajv({ ...SHARED, coerceTypes: 'array', removeAdditional: false }))
    fastify.setValidatorCompiler(({ schema, httpPart }) =>
      compileOnUse(() => {
        const validate = (httpPart === 'body' ? strict : lenient).compile(schema as object)
        return data => validate(data) || { error: validate.errors ?? [] }
      }),
    )
    fastify.setSerializerCompiler(({ schema }) => compileOnUse(() => fastJsonStringify(schema as Schema)))
    // Otherwise a text/plain body would reach the handler as a string.
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
  // SQLite replaces a lone surrogate by U+FFFD, and some of its functions stop at a NUL.
  return ajv.addFormat('well-formed-text-without-NUL', (text: string) => text.isWellFormed() && !text.includes('\0'))
}

/**
 * Delays the compilation of a schema to its first use. There are 270 of them, and compiling all
 * would take a fifteenth of the time of a start.
 */
function compileOnUse<Data, Result>(compile: () => (data: Data) => Result): (data: Data) => Result {
  let compiled: ReturnType<typeof compile> | undefined
  return data => {
    compiled ??= compile()
    return compiled(data)
  }
}

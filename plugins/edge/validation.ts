import { Ajv, type Options } from 'ajv'
import fastJsonStringify, { type Schema } from 'fast-json-stringify'
import fp from 'fastify-plugin'
import { createBodyParser } from '../../src/json/body-parser.ts'

const SHARED: Options = { useDefaults: true, allErrors: false, strict: false, messages: true }

/**
 * Validation of requests. Bodies are strict: no type is converted, and unknown fields are refused
 * by name. Their JSON is bounded before it is parsed. Query, path and headers are text, so numbers
 * and booleans are converted from it.
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
    const bodies = createBodyParser()
    const parseJson = (_request: unknown, body: Buffer) => bodies.parse(body)
    fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, parseJson)
    fastify.addHook('onClose', () => bodies.close())
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

import fp from 'fastify-plugin'
import { setSpanRules } from '../../otel/tracing/span-rules.ts'
import { toErrorRecord } from '../../src/logging/record/error-record.ts'
import { currentLogContext } from '../../src/logging/record/log-context.ts'
import { createRedactor } from '../../src/logging/redaction/redactor.ts'
import { isServerFault, unwrapInternalError } from './replies/error-reply.ts'

/**
 * Gives spans the application's rules: which errors are failures, what is redacted, and the current
 * ids.
 */
export default fp(
  async fastify => {
    const { text, record } = createRedactor()
    const restore = setSpanRules({
      isServiceFault: isServerFault,
      redactText: text,
      // `toErrorRecord` redacts only the texts that it cuts.
      describeError: error => record(toErrorRecord(unwrapInternalError(error), text)),
      currentIds: currentLogContext,
    })
    fastify.addHook('onClose', async () => restore())
  },
  { name: 'span-rules' },
)

import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { addLiveExamples, type LiveExamples } from './live-examples.ts'

type Text = 'json' | 'yaml'

export interface OpenapiTexts {
  /** The document with these examples. Callers share the bytes, until the examples change. */
  read(text: Text, examples: LiveExamples): Promise<Buffer>
}

const TYPES: Readonly<Record<Text, string>> = { json: 'application/json; charset=utf-8', yaml: 'application/x-yaml' }

/**
 * Creates the texts of an OpenAPI document. YAML takes 200 ms of processor time, and is written in
 * steps of a few, between which other requests are answered.
 * @param describe Returns the document, which is not changed.
 * @param toYaml Writes a part of it.
 */
export function createOpenapiTexts(describe: () => object, toYaml: (part: object) => string): OpenapiTexts {
  const kept = new Map<Text, { readonly examples: string; readonly bytes: Promise<Buffer> }>()

  async function write(text: Text, examples: LiveExamples): Promise<Buffer> {
    const document = addLiveExamples(structuredClone(describe()), examples)
    return Buffer.from(text === 'json' ? JSON.stringify(document) : await writeYaml(document, toYaml))
  }

  return {
    read(text, examples) {
      const key = JSON.stringify(examples)
      const last = kept.get(text)
      if (last?.examples === key) return last.bytes
      const bytes = write(text, examples)
      kept.set(text, { examples: key, bytes })
      return bytes
    },
  }
}

/**
 * Answers the routes of @fastify/swagger-ui for the document from memory. They wrote it anew for
 * each request, which held the event loop for 30 and 230 ms.
 */
export function serveOpenapiTexts(docs: FastifyInstance, prefix: string, read: (text: Text) => Promise<Buffer>): void {
  docs.addHook('onRoute', route => {
    for (const text of ['json', 'yaml'] as const)
      if (route.url === `${prefix}/${text}`)
        route.handler = async (_request, reply) => reply.type(TYPES[text]).send(await read(text))
  })
}

/** Each path is a step. */
async function writeYaml({ paths, ...rest }: Record<string, unknown>, toYaml: (part: object) => string): Promise<string> {
  const parts = [toYaml(rest), 'paths:\n']
  for (const [path, item] of Object.entries(paths as object)) {
    await setImmediate()
    // A line that is longer than others is the same value; an empty one gets no spaces.
    parts.push(toYaml({ [path]: item }).replace(/^(?=.)/gm, '  '))
  }
  return parts.join('')
}

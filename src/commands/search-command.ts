import type { WordCorrection } from '../search/retrieval.ts'
import { defineCommand } from './command.ts'
import { listSources } from './source-list.ts'

const MAX_RESULTS = 5

/** `/search QUERY`: the best passages, without an answer made of them. */
export const searchCommand = defineCommand({
  name: 'search',
  aliases: ['find', 's'],
  summary: `Finds the ${MAX_RESULTS} best passages of the documents.`,
  arguments: [{ name: 'query', type: 'text', rest: 'verbatim', required: true, summary: 'What to look for.' }],
  example: '/search add documents',
  async run({ query }, { retrieve }) {
    const { passages, corrections } = await retrieve(query, MAX_RESULTS, { syntax: true })
    if (passages.length === 0) return { response: 'No passage has any of these words.' }
    const sources = passages.map(({ title, location, text, score }) => ({ title, location, passage: text, score }))
    return { response: [...corrections.map(admit), listSources(sources)].join('\n'), sources }
  },
})

function admit({ word, suggestion }: WordCorrection): string {
  return `Searched for “${suggestion}” instead of “${word}”.`
}

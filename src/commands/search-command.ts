import { joinTexts, type ReplyText, reply } from '../reply-text.ts'
import type { WordCorrection } from '../search/retrieval.ts'
import { defineCommand } from './command.ts'
import { listSources } from './source-list.ts'

const MAX_RESULTS = 5

/** `/search QUERY`: lists the best passages instead of composing an answer. */
export const searchCommand = defineCommand({
  name: 'search',
  aliases: ['find', 's'],
  summary: `Lists the ${MAX_RESULTS} best passages of the documents.`,
  arguments: [{ name: 'query', type: 'text', rest: 'verbatim', required: true, summary: 'What to search for.' }],
  example: '/search add documents',
  async run({ query }, { retrieve }) {
    const { passages, corrections } = await retrieve(query, MAX_RESULTS, { syntax: true })
    if (passages.length === 0) return { response: reply`No passage contains any of these words.` }
    const sources = passages.map(({ title, location, text, score, documentId, ordinal }) => ({
      ...{ title, location, passage: text, score },
      origin: { documentId, pieces: [{ ordinal, start: 0, end: text.length }] },
    }))
    return { response: joinTexts([...corrections.map(describeCorrection), listSources(sources)], '\n'), sources }
  },
})

function describeCorrection({ word, suggestion }: WordCorrection): ReplyText {
  return reply`Searched for “${suggestion}” instead of “${word}”.`
}

import type { Attributes } from '@opentelemetry/api'
import { ATTRIBUTES } from './conventions.ts'

/** Attributes of a retrieval's span at its start. @param limit Greatest number of passages. */
export function retrievalInput(_query: string, limit: number, _options?: object): Attributes {
  return {
    [ATTRIBUTES.genAiOperationName]: 'retrieval',
    [ATTRIBUTES.genAiDataSourceId]: 'documents',
    [ATTRIBUTES.genAiRetrievalTopK]: limit,
  }
}

/**
 * Attributes of a retrieval's span at its end.
 * @param abstained Whether an answer is too unlikely; undefined if that was not estimated.
 */
export function retrievalOutcome(
  { passages }: { readonly passages: readonly { readonly score: number }[] },
  abstained?: boolean,
): Attributes {
  return {
    [ATTRIBUTES.chatbotRetrievalHits]: passages.length,
    [ATTRIBUTES.chatbotRetrievalTopScore]: passages[0]?.score ?? 0,
    ...(abstained !== undefined && { [ATTRIBUTES.chatbotRetrievalAbstained]: abstained }),
  }
}

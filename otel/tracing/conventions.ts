/** Tracer of the spans that this application creates itself. */
export const TRACER_NAME = 'pellucid'

/**
 * Names of span attributes: OpenTelemetry's semantic conventions, and our own with the prefix
 * `chatbot.`.
 */
export const ATTRIBUTES = {
  httpRequestMethod: 'http.request.method',
  httpRequestMethodOriginal: 'http.request.method_original',
  httpResponseStatusCode: 'http.response.status_code',
  httpRoute: 'http.route',
  serverAddress: 'server.address',
  networkPeerAddress: 'network.peer.address',
  urlScheme: 'url.scheme',
  errorType: 'error.type',
  exceptionType: 'exception.type',
  exceptionMessage: 'exception.message',
  exceptionStacktrace: 'exception.stacktrace',
  dbSystemName: 'db.system.name',
  dbQuerySummary: 'db.query.summary',
  dbQueryText: 'db.query.text',
  dbStoredProcedureName: 'db.stored_procedure.name',
  sessionId: 'session.id',
  userId: 'user.id',
  genAiOperationName: 'gen_ai.operation.name',
  genAiAgentName: 'gen_ai.agent.name',
  genAiConversationId: 'gen_ai.conversation.id',
  genAiDataSourceId: 'gen_ai.data_source.id',
  genAiInputMessages: 'gen_ai.input.messages',
  genAiOutputMessages: 'gen_ai.output.messages',
  genAiRetrievalTopK: 'gen_ai.retrieval.top_k',
  chatbotAnswerConfidence: 'chatbot.answer.confidence',
  chatbotAnswerKind: 'chatbot.answer.kind',
  chatbotCommand: 'chatbot.command',
  chatbotMessageKind: 'chatbot.message.kind',
  chatbotRetrievalAbstained: 'chatbot.retrieval.abstained',
  chatbotRetrievalHits: 'chatbot.retrieval.hits',
  chatbotRetrievalTopScore: 'chatbot.retrieval.top_score',
  chatbotTurnId: 'chatbot.turn.id',
  chatbotTurnKind: 'chatbot.turn.kind',
  chatbotWebhookSource: 'chatbot.webhook.source',
} as const

/** Formats a message as `gen_ai.input.messages` (JSON); undefined without text. */
export function describeInput(text: string | undefined): string | undefined {
  return text === undefined ? undefined : JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text }] }])
}

/** Formats a reply as `gen_ai.output.messages` (JSON); undefined without text. */
export function describeOutput(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  return JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: text }], finish_reason: 'stop' }])
}

/**
 * Names of attributes. Those of OpenTelemetry's semantic conventions that are not stable yet, and so may not be had from its package for good,
 * stand here once: a renaming is one line. What has no name there begins with `chatbot.`.
 */
export const ATTRIBUTES = {
  httpRequestMethod: 'http.request.method',
  httpResponseStatusCode: 'http.response.status_code',
  httpRoute: 'http.route',
  urlPath: 'url.path',
  urlScheme: 'url.scheme',
  errorType: 'error.type',
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
  genAiRetrievalTopK: 'gen_ai.retrieval.top_k',
} as const

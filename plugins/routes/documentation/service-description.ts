/** The head of the OpenAPI description. */
export function describeService(version: string) {
  return {
    info: { title: 'Pellucid', version, description: 'A chatbot API that its operators can see through.' },
    tags: [
      { name: 'chat', description: 'Messages, receipts and feedback' },
      { name: 'sessions', description: 'Conversations' },
      { name: 'documents', description: 'The documents that answers quote' },
      { name: 'service', description: 'Health, metrics and log level' },
    ],
    components: { securitySchemes: { key: { type: 'http' as const, scheme: 'bearer' } } },
    // Without access control, no key is needed.
    security: [{}, { key: [] }] as Record<string, string[]>[],
  }
}

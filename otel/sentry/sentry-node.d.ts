/** The part of the optional package `@sentry/node` that is used; it need not be installed. */
declare module '@sentry/node' {
  /** `statusCode` is undefined if nothing was received. */
  export interface SendResult {
    readonly statusCode?: number
  }

  export interface SentEvent {
    readonly event_id?: string
    contexts?: Record<string, unknown>
    sdkProcessingMetadata?: Record<string, unknown>
  }

  export interface ClientOptions {
    readonly dsn: string
    readonly environment: string
    readonly release: string
    readonly transport: typeof makeNodeTransport
    readonly transportOptions: { readonly httpModule: HttpModule }
    readonly stackParser: (stack: string) => readonly []
    /** The client adds its own. */
    readonly integrations: unknown[]
    readonly includeServerName: boolean
    readonly enableRuntimeChannelInjection: boolean
    readonly sendClientReports: boolean
    readonly traceLifecycle: 'static' | 'stream'
    readonly beforeSend: (event: SentEvent) => SentEvent
  }

  export interface HttpModule {
    request(
      options: import('node:https').RequestOptions,
      callback: (reply: import('node:http').IncomingMessage) => void,
    ): import('node:http').ClientRequest
  }

  /** Makes the transport of a client over HTTP. */
  export function makeNodeTransport(options: object): object

  export class NodeClient {
    constructor(options: ClientOptions)
    captureEvent(event: object, hint: { readonly event_id: string }): string
    sendEnvelope(envelope: readonly unknown[]): PromiseLike<SendResult>
    on(hook: 'afterSendEvent', callback: (event: SentEvent, result: SendResult) => void): () => void
    /** Resolves when nothing is being sent, or after `timeoutMs`. */
    close(timeoutMs: number): Promise<boolean>
  }
}

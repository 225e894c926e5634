/** Result of an export: why its last request failed. */
export interface Outcome {
  failure: string | undefined
}

/** The part of a request of Azure's HTTP pipeline that is used here. */
interface PipelineRequest {
  timeout: number
}

interface PipelineResponse {
  readonly status: number
  readonly headers: { get(name: string): string | undefined }
  readonly bodyAsText?: string | null
}

interface OutcomePolicy {
  /** For the HTTP pipeline, after its retries: called for each attempt. */
  readonly policy: {
    readonly name: string
    readonly sendRequest: <Request extends PipelineRequest, Response extends PipelineResponse>(
      request: Request,
      next: (request: Request) => Promise<Response>,
    ) => Promise<Response>
  }
  /** Why nothing may be sent now; undefined if Azure has not asked to wait. */
  readonly pause: () => string | undefined
  readonly lastFailure: () => string | undefined
}

/** Azure's client has no limit of its own: a request would wait forever. */
const REQUEST_TIMEOUT_MS = 8000
/** Longest wait between two attempts. If Azure asks for more, items are dropped meanwhile. */
const MAX_RETRY_WAIT_MS = 2000
const MAX_PAUSE_MS = 3_600_000
const MAX_MESSAGE_LENGTH = 200

/**
 * Creates a policy that records the result of each request: the exporter reports neither the status
 * nor that Azure took only a part. It also limits the time of a request, and stops sending while
 * Azure asks to wait.
 */
export function createOutcomePolicy(current: () => Outcome | undefined): OutcomePolicy {
  let last: string | undefined
  let pausedUntil = 0

  function record(failure: string | undefined): void {
    last = failure
    const outcome = current()
    if (outcome !== undefined) outcome.failure = failure
  }

  return {
    policy: {
      name: 'outcome',
      async sendRequest(request, next) {
        request.timeout = REQUEST_TIMEOUT_MS
        try {
          const response = await next(request)
          record(failureOf(response))
          const waitMs = Math.min(waitOf(response), MAX_PAUSE_MS)
          if (waitMs <= MAX_RETRY_WAIT_MS) return response
          pausedUntil = Date.now() + waitMs
        } catch (error) {
          record(error instanceof Error ? error.message : String(error))
          throw error
        }
        // The pipeline retries only errors of its own.
        throw new Error(last)
      },
    },
    pause: () =>
      Date.now() < pausedUntil ? `Azure asked to wait until ${new Date(pausedUntil).toISOString()} (${last})` : undefined,
    lastFailure: () => last,
  }
}

/** Describes what Azure did not accept; undefined if it accepted everything. */
function failureOf({ status, bodyAsText }: PipelineResponse): string | undefined {
  const { itemsReceived = 0, itemsAccepted = itemsReceived, errors = [] } = readBody(bodyAsText)
  if (status === 200 && itemsAccepted >= itemsReceived) return undefined
  const counts = itemsReceived > 0 ? `, ${itemsAccepted} of ${itemsReceived} items accepted` : ''
  const [first] = errors
  const reason = first?.message === undefined ? '' : `: ${first.message.slice(0, MAX_MESSAGE_LENGTH)}`
  return `status ${status}${counts}${reason}`
}

interface TrackResponse {
  readonly itemsReceived?: number
  readonly itemsAccepted?: number
  readonly errors?: readonly { readonly message?: string }[]
}

function readBody(text: string | null | undefined): TrackResponse {
  try {
    const body: unknown = JSON.parse(text ?? '{}')
    return typeof body === 'object' && body !== null ? body : {}
  } catch {
    // A proxy may answer with another format.
    return {}
  }
}

/** Milliseconds that a refusal asks to wait; 0 if it does not. */
function waitOf({ status, headers }: PipelineResponse): number {
  const value = headers.get('retry-after')
  if (status < 400 || value === undefined) return 0
  const seconds = Number(value)
  const ms = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000
  return ms > 0 ? ms : 0
}

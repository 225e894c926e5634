/** Why a notification was refused, and when to try again, if the receiver named a time. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
  readonly retryAfterMs: number | undefined

  constructor(message: string, retryAfterMs?: number) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

/** Bytes of a reply that are read. */
const MAX_REPLY_BYTES = 2048
const MAX_RETRY_AFTER_S = 3600

/**
 * Posts JSON. Resolves to the status and the beginning of the reply. Redirects are not followed:
 * they would send the content, and what is secret in the address, to another host.
 * @throws {DeliveryError} for every other outcome than 2xx. It does not contain the address.
 */
export async function postJson(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  let reply: Response
  try {
    reply = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
      redirect: 'manual',
      signal,
    })
  } catch (error) {
    throw new DeliveryError(`No connection: ${reasonOf(error)}`)
  }
  const said = `${reply.status} ${await readStart(reply).catch(() => '')}`.trim()
  if (reply.ok) return said
  const wait = Number(reply.headers.get('retry-after'))
  throw new DeliveryError(`The receiver answered ${said}`, wait > 0 ? Math.min(wait, MAX_RETRY_AFTER_S) * 1000 : undefined)
}

/** The code of a failed connection: its message may contain the address. */
function reasonOf(error: unknown): string {
  const { cause, name } = error as { cause?: { code?: unknown }; name?: string }
  return typeof cause?.code === 'string' ? cause.code : name === 'TimeoutError' ? 'timed out' : (name ?? 'failed')
}

async function readStart(reply: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of reply.body ?? []) {
    chunks.push(chunk as Uint8Array)
    bytes += (chunk as Uint8Array).length
    if (bytes >= MAX_REPLY_BYTES) break
  }
  const text = Buffer.concat(chunks).subarray(0, MAX_REPLY_BYTES).toString('utf8')
  return text.replace(/\s+/g, ' ').trim().slice(0, 200)
}

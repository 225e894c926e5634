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
const MAX_SAID_CHARS = 200
/** Parts of an address that are shorter are words such as `v1`. */
const SHORTEST_SECRET = 5

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
  const address = new URL(url)
  let reply: Response
  try {
    reply = await fetch(withoutUser(address), {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...authorizationOf(address), ...headers },
      redirect: 'manual',
      signal,
    })
  } catch (error) {
    throw new DeliveryError(`No connection: ${reasonOf(error)}`)
  }
  const said = `${reply.status} ${withoutAddress(await readStart(reply).catch(() => ''), address)}`.trim()
  if (reply.ok) return said
  throw new DeliveryError(`The receiver answered ${said}`, retryAfterOf(reply.headers))
}

/** Milliseconds that the receiver asks for: as seconds, or as a time of the receiver. */
function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('retry-after') ?? ''
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.parse(headers.get('date') ?? '')) / 1000
  return seconds > 0 ? Math.min(seconds, MAX_RETRY_AFTER_S) * 1000 : undefined
}

/** `fetch` refuses addresses with a user. */
function withoutUser(address: URL): URL {
  const plain = new URL(address)
  plain.username = ''
  plain.password = ''
  return plain
}

function authorizationOf({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {}
  const user = `${decodeLeniently(username)}:${decodeLeniently(password)}`
  return { authorization: `Basic ${Buffer.from(user).toString('base64')}` }
}

/** Decodes %40 and the like; a text that is not encoded is kept unchanged. */
export function decodeLeniently(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Removes an address and its parts: many servers repeat the path, which is a secret of Slack's. */
function withoutAddress(text: string, { href, origin, host, pathname, search, searchParams, username, password }: URL): string {
  const parts = [
    ...[href, origin, host, `${pathname}${search}`, pathname, search, ...pathname.split('/'), ...searchParams.values()],
    ...[username, password],
  ]
  return [...new Set(parts.flatMap(part => [part, decodeLeniently(part)]))]
    .filter(part => part.length >= SHORTEST_SECRET)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, part) => rest.replaceAll(part, '…'), text)
    .slice(0, MAX_SAID_CHARS)
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
  return text.replace(/\s+/g, ' ').trim()
}

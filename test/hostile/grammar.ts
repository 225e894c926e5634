import {
  BODIES,
  below,
  CHUNKS,
  CONTENT_TYPES,
  HEADERS,
  LENGTHS,
  METHODS,
  NOISE,
  PATHS,
  type Random,
  TARGETS,
} from './vocabulary.ts'

/** Bytes that a hostile client sends on one connection. */
export interface Attempt {
  readonly kind: string
  readonly bytes: Buffer
  /** Whether the bytes are a whole request, or can never become one: it gets a reply. */
  readonly needsReply: boolean
  /** More replies mean that the server took a body for a request. */
  readonly maxReplies: number
  /** Whether the reply has no body. */
  readonly isHead: boolean
}

const ATTEMPTS: Readonly<Record<string, (random: Random) => Partial<Attempt> & { readonly bytes: Buffer }>> = {
  method: random => {
    const method = pick(random, METHODS)
    return { bytes: request(`${method} ${pick(random, PATHS)} HTTP/1.1`), isHead: method === 'HEAD' }
  },
  target: random => ({ bytes: request(`${pick(random, ['GET', 'POST', 'DELETE'])} ${pick(random, TARGETS)(random)} HTTP/1.1`) }),
  header: random => {
    const lines = Array.from({ length: 1 + below(random, 4) }, () => pick(random, HEADERS)(random))
    return { bytes: request(`GET ${pick(random, PATHS)} HTTP/1.1`, lines) }
  },
  json: random => ({ bytes: post(pick(random, PATHS), pick(random, BODIES)(random)) }),
  type: random => ({ bytes: post(pick(random, PATHS), pick(random, BODIES)(random), pick(random, CONTENT_TYPES)) }),
  chunks: random => {
    const head = ['Content-Type: application/json', 'Transfer-Encoding: chunked']
    return { bytes: request('POST /chat HTTP/1.1', head, pick(random, CHUNKS)(random)), needsReply: false }
  },
  lengths: random => {
    const lines = ['Content-Type: application/json', pick(random, LENGTHS), pick(random, [...LENGTHS, 'A: b'])]
    const smuggled = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'
    return { bytes: request('POST /chat HTTP/1.1', lines, Buffer.from(smuggled)), needsReply: false, maxReplies: 2 }
  },
  smuggling: random => {
    const lines = ['Content-Type: application/json', ...shuffle(random, ['Content-Length: 6', 'Transfer-Encoding: chunked'])]
    const smuggled = '0\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'
    return { bytes: request('POST /chat HTTP/1.1', lines, Buffer.from(smuggled)), maxReplies: 1 }
  },
  oversized: random => {
    const body = Buffer.alloc(131_073 + below(random, 100_000), '{"message":"tea')
    return { bytes: post(pick(random, ['/chat', '/sessions', '/turns/a/feedback']), body) }
  },
  pipelined: random => {
    const several = Array.from({ length: 2 + below(random, 130) }, () => request(`GET ${pick(random, PATHS)} HTTP/1.1`))
    return { bytes: Buffer.concat(several), maxReplies: several.length }
  },
  cut: random => {
    const whole = post(pick(random, PATHS), pick(random, BODIES)(random))
    return { bytes: whole.subarray(0, below(random, whole.length)), needsReply: false }
  },
  mutated: random => ({
    bytes: mutate(random, post('/chat', Buffer.from('{"message":"tea"}'))),
    needsReply: false,
    maxReplies: 9,
  }),
  noise: random => ({ bytes: pick(random, NOISE)(random), needsReply: false }),
}
const KINDS = Object.keys(ATTEMPTS)

/** Makes one attempt of a random kind. The same random numbers make the same bytes. */
export function makeAttempt(random: Random): Attempt {
  const kind = pick(random, KINDS)
  const made = ATTEMPTS[kind]?.(random) ?? { bytes: Buffer.alloc(0) }
  return { kind, needsReply: true, maxReplies: 1, isHead: false, ...made }
}

function pick<Value>(random: Random, values: readonly Value[]): Value {
  return values[below(random, values.length)] as Value
}

function shuffle<Value>(random: Random, [first, second]: readonly [Value, Value]): readonly Value[] {
  return random() < 0.5 ? [first, second] : [second, first]
}

function post(path: string, body: Buffer, type = 'application/json'): Buffer {
  const method = path.startsWith('/documents') || path === '/admin/log-level' ? 'PUT' : 'POST'
  return request(`${method} ${path} HTTP/1.1`, [`Content-Type: ${type}`, `Content-Length: ${body.length}`], body)
}

function request(line: string, lines: readonly string[] = [], body: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from([line, 'Host: localhost', ...lines, '\r\n'].join('\r\n'), 'latin1'), body])
}

/** Replaces, inserts or removes up to eight bytes. */
function mutate(random: Random, bytes: Buffer): Buffer {
  const mutated = [...bytes]
  for (let i = 0; i <= below(random, 8); i++) {
    const inserted = random() < 0.7 ? [below(random, 256)] : []
    mutated.splice(below(random, mutated.length), below(random, 2), ...inserted)
  }
  return Buffer.from(mutated)
}

import { connect, type Socket } from 'node:net'
import { startLoad } from '../faults/world/load.ts'
import { type Check, expect } from './check.ts'
import { CHATBOT, type ComposeStack } from './compose-stack.ts'

const CLIENTS = 64
/** Looks at the memory of all containers, of about two seconds each. */
const LOOKS = 15
/** Uploads that stop halfway. */
const UPLOADS = 80
const UPLOAD_BYTES = 8 * 2 ** 20
/** Connections with large replies that their client does not read. */
const UNREAD = 150
const DOCUMENT_BYTES = 2 ** 20
const PARAGRAPH = 'A line of a long document. '
const MIB = 2 ** 20
const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: MIB, GiB: 2 ** 30 }

/** Messages, uploads and replies that fill the memory of the server as far as clients can. */
export const MEMORY_CHECK: Check = {
  name: `mem_limit under ${CLIENTS} clients, ${UPLOADS} unfinished uploads and ${UNREAD} unread replies`,
  run: holdMemory,
}

async function holdMemory(stack: ComposeStack): Promise<string> {
  const before = await inspectAll(stack)
  const peaks = new Map<string, number>()
  const describe = () =>
    [...peaks].map(([name, bytes]) => `${name} ${toMib(bytes)} of ${toMib(before.get(name)?.memoryLimitBytes)}`).join(', ')
  const load = startLoad(CHATBOT, CLIENTS)
  const sockets: Socket[] = []
  try {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ format: 'markdown', text: `# Long\n\n${PARAGRAPH.repeat(DOCUMENT_BYTES / PARAGRAPH.length)}` })
    const reply = await fetch(`${CHATBOT}/documents/long.md`, { method: 'PUT', headers, body })
    expect(reply.ok, () => `PUT /documents/long.md: ${reply.status}`)
    const half = Buffer.alloc(UPLOAD_BYTES / 2, PARAGRAPH)
    for (let at = 0; at < UPLOADS; at++) {
      const head = `PUT /documents/half-${at}.md HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${UPLOAD_BYTES}\r\n\r\n`
      sockets.push(send(head, '{"format": "markdown", "text": "', half))
    }
    const request = 'GET /documents/long.md HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(10)
    for (let at = 0; at < UNREAD; at++) sockets.push(send(request).pause())
    for (let looks = 0; looks < LOOKS; looks++)
      for (const [name, bytes] of await readMemory(stack)) peaks.set(name, Math.max(bytes, peaks.get(name) ?? 0))
  } finally {
    for (const socket of sockets) socket.destroy()
    await load.stop()
  }
  for (const [name, { isOutOfMemory, restarts, memoryLimitBytes }] of await inspectAll(stack)) {
    expect(!isOutOfMemory && restarts === before.get(name)?.restarts, () => `${name} was killed; peaks: ${describe()}`)
    expect(memoryLimitBytes > 0, () => `${name} has no limit`)
  }
  const { lost } = await load.compare()
  expect(lost === 0, () => `${lost} turns are lost`)
  return `${describe()}; ${load.acknowledged} turns`
}

function send(...parts: readonly (string | Buffer)[]): Socket {
  const socket = connect({ port: Number(new URL(CHATBOT).port), host: '127.0.0.1' })
  // The server may close the connection: that is one way to keep the limit.
  socket.on('error', () => {})
  for (const part of parts) socket.write(part)
  return socket
}

async function inspectAll(stack: ComposeStack) {
  return new Map(await Promise.all(stack.names.map(async name => [name, await stack.inspect(name)] as const)))
}

/** Memory in use by service. */
async function readMemory({ engine, names }: ComposeStack): Promise<readonly (readonly [string, number])[]> {
  const ids = await Promise.all(names.map(name => engine.docker('compose', 'ps', '--quiet', name)))
  const output = await engine.docker('stats', '--no-stream', '--format', '{{.MemUsage}}', ...ids)
  return output.split('\n').map((line, at) => {
    const [, value = '0', unit = 'B'] = /^([\d.]+)(\w+) \//.exec(line) ?? []
    return [names[at] ?? '', Number(value) * (UNITS[unit] ?? Number.NaN)] as const
  })
}

function toMib(bytes = 0): string {
  return `${Math.round(bytes / MIB)} MiB`
}

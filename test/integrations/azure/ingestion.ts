import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createProxy, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Envelope, findProblems } from './envelope.ts'

/** The host of a real ingestion endpoint: only requests to such a host are compressed. */
const HOST = 'westeurope-5.in.applicationinsights.azure.com'
const KEY = '11111111-2222-3333-4444-555555555555'

/** What the endpoint does with a request. */
type Behaviour =
  | { readonly kind: 'accept' }
  | { readonly kind: 'refuse'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'cut' | 'hang' }

/** A stand-in for the ingestion endpoint of Application Insights, behind a proxy. */
export interface Ingestion {
  /** Envelopes that were accepted. */
  readonly envelopes: Envelope[]
  /** Bodies that were accepted, as text. */
  readonly bodies: string[]
  /** What was wrong with envelopes or requests. */
  readonly problems: string[]
  /** Hosts that clients asked the proxy for. */
  readonly hosts: Set<string>
  /** Compressed requests, of all requests. */
  readonly counts: { requests: number; compressed: number; refused: number }
  behaviour: Behaviour
  /** Settings of a server that sends its telemetry here. */
  readonly environment: Readonly<Record<string, string>>
}

/** Starts the endpoint and the proxy. Nothing leaves the machine: the proxy knows one host. */
export async function startIngestion(t: { teardown(end: () => unknown): void }): Promise<Ingestion> {
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-azure-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const certificate = makeCertificate(folder)
  const sockets = new Set<Socket>()
  const ingestion: Ingestion = {
    envelopes: [],
    bodies: [],
    problems: [],
    hosts: new Set(),
    counts: { requests: 0, compressed: 0, refused: 0 },
    behaviour: { kind: 'accept' },
    environment: {
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${KEY};IngestionEndpoint=https://${HOST}/;LiveEndpoint=https://${HOST}/`,
      NODE_EXTRA_CA_CERTS: certificate.certFile,
      HTTPS_PROXY: '',
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      OTEL_BSP_SCHEDULE_DELAY: '200',
    },
  }
  const { key, cert } = certificate
  const endpoint = createServer({ key, cert }, (request, reply) => void take(ingestion, request, reply))
  const proxy = createProxy()
  proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
    ingestion.hosts.add(request.url ?? '')
    socket.on('error', () => socket.destroy())
    if (request.url !== `${HOST}:443`) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    const inner = connect((endpoint.address() as AddressInfo).port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(inner).pipe(socket)
    })
    inner.on('error', () => socket.destroy())
    inner.on('close', () => socket.destroy())
  })
  for (const server of [endpoint, proxy]) {
    server.on('connection', socket => sockets.add(socket))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => server.close())
  }
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  const { port } = proxy.address() as AddressInfo
  return Object.assign(ingestion, { environment: { ...ingestion.environment, HTTPS_PROXY: `http://127.0.0.1:${port}` } })
}

async function take(ingestion: Ingestion, request: IncomingMessage, reply: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { behaviour, counts } = ingestion
  counts.requests++
  if (behaviour.kind === 'hang') return
  if (behaviour.kind === 'cut') return void request.socket.destroy()
  if (behaviour.kind === 'refuse') {
    counts.refused++
    reply.writeHead(behaviour.status, behaviour.headers).end('{}')
    return
  }
  const isCompressed = request.headers['content-encoding'] === 'gzip'
  if (isCompressed) counts.compressed++
  if (request.method !== 'POST' || request.url !== '/v2.1/track')
    ingestion.problems.push(`request: ${request.method} ${request.url}`)
  const bytes = Buffer.concat(chunks)
  const text = (isCompressed ? gunzipSync(bytes) : bytes).toString()
  const envelopes = JSON.parse(text) as Envelope[]
  ingestion.bodies.push(text)
  ingestion.envelopes.push(...envelopes)
  ingestion.problems.push(...envelopes.flatMap(findProblems))
  reply.setHeader('content-type', 'application/json')
  reply.end(JSON.stringify({ itemsReceived: envelopes.length, itemsAccepted: envelopes.length, errors: [] }))
}

function makeCertificate(folder: string) {
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const options = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${HOST}`]
  const names = ['-addext', `subjectAltName=DNS:${HOST}`]
  const output = execFileSync('openssl', ['req', ...options, ...names, '-keyout', keyFile], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  writeFileSync(certFile, output)
  return { key: readFileSync(keyFile), cert: output, certFile }
}

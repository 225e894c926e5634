import { mkdirSync, rmSync } from 'node:fs'
import { readCompose, type Service, type Variables } from './compose.ts'
import { type Container, makeContainer } from './container.ts'
import { imageOf } from './images.ts'
import { layNetwork, removeNetwork } from './network.ts'
import { isOk, until } from './waiting.ts'

/** The stack of docker-compose.yml, as far as its programs are on this machine. The services' names work in `fetch`, too. */
export interface Stack {
  readonly containers: Readonly<Record<string, Container>>
  /** Services whose programs are not here. */
  readonly missing: readonly string[]
  container(name: string): Container
}

/** Where each service says that it is ready. */
const READY: Readonly<Record<string, string>> = {
  pellucid: 'http://pellucid:8000/health/ready',
  collector: 'http://collector:13133/',
  jaeger: 'http://jaeger:16686/',
  loki: 'http://loki:3100/ready',
  prometheus: 'http://prometheus:9090/-/ready',
  alertmanager: 'http://alertmanager:9093/-/ready',
}

/** The backends for which a receiver can stand that keeps what it is sent. */
export const BACKENDS = ['jaeger', 'loki']

interface StackOptions {
  /** What an operator would set beside docker-compose.yml. */
  readonly variables?: Variables
  /** Whether Jaeger and Loki are the real ones; else a receiver stands for each of them. */
  readonly withBackends?: boolean
  /** Services that are prepared but not started. */
  readonly unstarted?: boolean
}

/** Starts the stack and resolves when all of it is ready; it ends with the test. Only within the namespaces of `npm run test:stack`. */
export async function startStack(
  t: { teardown(fn: () => unknown): void; comment(text: string): void; readonly passing: () => boolean },
  { variables = {}, withBackends = false, unstarted = false }: StackOptions = {},
): Promise<Stack> {
  const collector = process.env.STACK_COLLECTOR
  if (collector === undefined) throw new Error('the stack starts in namespaces of its own: npm run test:stack')
  const all = readCompose({ variables }).map(service =>
    withBackends || !BACKENDS.includes(service.name) ? service : toReceiver(service),
  )
  const known = { collector }
  const services = inOrder(all.filter(({ image }) => imageOf(image, known) !== undefined))
  const addresses = layNetwork(services.map(({ name }) => name))
  mkdirSync('/run/stack/volumes', { recursive: true })
  const containers: Record<string, Container> = {}
  t.teardown(async () => {
    if (!t.passing())
      for (const { name, output } of Object.values(containers)) t.comment(`${name} wrote:\n${output().slice(-2000)}`)
    for (const container of Object.values(containers)) await container.remove()
    removeNetwork(addresses)
    rmSync('/run/stack', { recursive: true })
  })
  for (const service of services) containers[service.name] = makeContainer(service, imageOf(service.image, known)!, addresses)
  const container = (name: string) => {
    const found = containers[name]
    if (found === undefined) throw new Error(`there is no ${name} here`)
    return found
  }
  const stack = { containers, container, missing: all.map(({ name }) => name).filter(name => containers[name] === undefined) }
  if (!unstarted) for (const service of services) await startService(service, services, container)
  return stack
}

/** Starts what waits for nothing first, and each service when what it waits for has come about. */
async function startService(
  { name }: Service,
  services: readonly Service[],
  container: (name: string) => Container,
): Promise<void> {
  container(name).start()
  const isAwaitedToEnd = services.some(({ dependsOn }) => dependsOn[name] === 'service_completed_successfully')
  if (isAwaitedToEnd) {
    const code = await container(name).ended()
    if (code !== 0) throw new Error(`${name} ended with ${code}: ${container(name).output()}`)
  } else await untilReady(container(name))
}

/** Resolves when a service says that it is ready; one that has nothing to say is. */
export async function untilReady(container: Container): Promise<void> {
  const { name, image, isRunning, output } = container
  const address = image.programs['/otelcol-contrib'] === undefined || name === 'collector' ? READY[name] : undefined
  if (address === undefined) return
  await until(`${name} is ready`, async () => {
    if (!isRunning()) throw new Error(`${name} has ended:\n${output().slice(-4000)}`)
    return isOk(address)
  })
}

function inOrder(services: readonly Service[]): readonly Service[] {
  const placed: Service[] = []
  const place = (service: Service) => {
    if (placed.includes(service)) return
    for (const other of services) if (other.name in service.dependsOn) place(other)
    placed.push(service)
  }
  for (const service of services) place(service)
  return placed
}

function toReceiver(service: Service): Service {
  return {
    ...service,
    image: 'otel/opentelemetry-collector-contrib',
    user: '0',
    entrypoint: undefined,
    command: ['--config=/etc/receiver.yaml'],
    environment: {},
    mounts: [
      { kind: 'bind', source: 'test/stack/world/receiver.yaml', target: '/etc/receiver.yaml', readOnly: true },
      { kind: 'volume', source: `received-${service.name}`, target: '/received', readOnly: false },
    ],
  }
}

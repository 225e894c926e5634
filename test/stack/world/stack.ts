import { mkdirSync, rmSync } from 'node:fs'
import { readCompose, type Service, type Variables } from './compose.ts'
import { type Container, makeContainer } from './container.ts'
import { imageOf } from './images.ts'
import { layNetwork, removeNetwork } from './network.ts'
import { isOk, until } from './waiting.ts'

/** The running services of docker-compose.yml. Their names resolve in `fetch`. */
export interface Stack {
  readonly containers: Readonly<Record<string, Container>>
  /** Services whose programs are missing. */
  readonly missing: readonly string[]
  container(name: string): Container
}

/** Readiness URLs of the services. */
const READY: Readonly<Record<string, string>> = {
  pellucid: 'http://pellucid:8000/health/ready',
  collector: 'http://collector:13133/',
  jaeger: 'http://jaeger:16686/',
  loki: 'http://loki:3100/ready',
  prometheus: 'http://prometheus:9090/-/ready',
  alertmanager: 'http://alertmanager:9093/-/ready',
}

/** Backends that a recording receiver can replace. */
export const BACKENDS = ['jaeger', 'loki']

interface StackOptions {
  /** Variables set by the operator. */
  readonly variables?: Variables
  /** Whether to run the real Jaeger and Loki instead of receivers. */
  readonly withBackends?: boolean
  /** Services to prepare but not start. */
  readonly unstarted?: boolean
}

/**
 * Starts the stack and resolves when it is ready; it stops with the test. Works only in the
 * namespaces of `npm run test:stack`.
 */
export async function startStack(
  t: { teardown(fn: () => unknown): void; comment(text: string): void; readonly passing: () => boolean },
  { variables = {}, withBackends = false, unstarted = false }: StackOptions = {},
): Promise<Stack> {
  const collector = process.env.STACK_COLLECTOR
  if (collector === undefined) throw new Error('the stack needs its own namespaces; run npm run test:stack')
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
    if (found === undefined) throw new Error(`${name} is not installed`)
    return found
  }
  const stack = { containers, container, missing: all.map(({ name }) => name).filter(name => containers[name] === undefined) }
  if (!unstarted) for (const service of services) await startService(service, services, container)
  return stack
}

/** Starts the services in the order of their dependencies. */
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

/** Resolves when a service is ready. Services without readiness URL are ready at once. */
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

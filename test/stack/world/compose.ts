import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export const ROOT = join(import.meta.dirname, '../../..')

export interface Mount {
  readonly kind: 'bind' | 'volume'
  /** A path in the repository, or the name of a volume. */
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
}

export interface Service {
  readonly name: string
  readonly image: string
  readonly isBuilt: boolean
  readonly command: readonly string[] | undefined
  readonly entrypoint: readonly string[] | undefined
  readonly environment: Readonly<Record<string, string>>
  readonly mounts: readonly Mount[]
  /** As written: `127.0.0.1:8000:8000`. */
  readonly ports: readonly string[]
  readonly user: string | undefined
  /** The services that come before it, each with what is waited for: `service_started`, `service_completed_successfully` … */
  readonly dependsOn: Readonly<Record<string, string>>
  readonly healthcheck: readonly string[] | undefined
}

export type Variables = Readonly<Record<string, string | undefined>>
type Node = Readonly<Record<string, unknown>>

/** What this reader understands, or what changes nothing that can be seen here. Anything else must not be passed over in silence. */
const KNOWN_KEYS = new Set(
  'build image command entrypoint volumes ports user depends_on healthcheck mem_limit stop_grace_period restart read_only expose working_dir'.split(
    ' ',
  ),
)

/** What an operator sets beside docker-compose.yml. */
export interface Given {
  /** Of the environment in which Compose is called. */
  readonly variables?: Variables
  /** Of the file `.env`: they are expanded like those of the environment, which go first, and come to each service that names the file. */
  readonly dotEnv?: Variables
}

/**
 * Reads the services of docker-compose.yml, with the variables expanded as Compose does it.
 * @throws {Error} where the file says something that this reader does not know.
 */
export function readCompose({ variables = {}, dotEnv = {} }: Given = {}, file = join(ROOT, 'docker-compose.yml')): Service[] {
  const { services } = parse(readFileSync(file, 'utf8'), { merge: true }) as { services: Record<string, Node> }
  const all = { ...dotEnv, ...variables }
  return Object.entries(services).map(([name, service]) => {
    const { env_file, environment, ...rest } = expand(service, all) as Node
    const fromFile = hasDotEnv(env_file) ? toEnvironment(dotEnv, {}) : {}
    return readService(name, rest, { ...fromFile, ...toEnvironment(environment, all) })
  })
}

/** Expands `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:+instead}` and `$$` in every text of a value. */
export function expand(value: unknown, variables: Variables): unknown {
  if (Array.isArray(value)) return value.map(item => expand(item, variables))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, variables)]))
  if (typeof value !== 'string') return value
  return value.replace(
    /\$(?:(\$)|\{(\w+)(?:(:?[-?+])([^}]*))?\}|(\w+))/g,
    (_, dollar, braced, operator: string | undefined, rest = '', plain) => {
      if (dollar !== undefined) return '$'
      const found = variables[braced ?? plain]
      const isMissing = found === undefined || (found === '' && operator?.startsWith(':'))
      if (isMissing && operator?.endsWith('?')) throw new Error(`${braced} is not set: ${rest}`)
      if (operator?.endsWith('+')) return isMissing ? '' : String(expand(rest, variables))
      return isMissing ? rest : (found ?? '')
    },
  )
}

function readService(name: string, service: Node, environment: Service['environment']): Service {
  const unknown = Object.keys(service).filter(key => !KNOWN_KEYS.has(key))
  if (unknown.length > 0) throw new Error(`docker-compose.yml: ${name} has ${unknown.join(', ')}, which is not understood here`)
  return {
    name,
    image: String(service.image),
    isBuilt: service.build !== undefined,
    command: toWords(service.command),
    entrypoint: toWords(service.entrypoint),
    environment,
    mounts: ((service.volumes ?? []) as (string | Node)[]).map(toMount),
    ports: ((service.ports ?? []) as unknown[]).map(String),
    user: service.user === undefined ? undefined : String(service.user),
    dependsOn: toDependencies(service.depends_on),
    healthcheck: toWords((service.healthcheck as Node | undefined)?.test),
  }
}

/** Whether a service is given the file `.env`, which need not be there. @throws {Error} where it is given another. */
function hasDotEnv(value: unknown): boolean {
  if (value === undefined) return false
  if (JSON.stringify(value) === '[{"path":".env","required":false}]') return true
  throw new Error(`docker-compose.yml: the env_file ${JSON.stringify(value)} is not understood here`)
}

function toWords(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined
  if (Array.isArray(value)) return value.map(String)
  // Compose splits a text as a shell does; without quotes that is at the spaces.
  if (/['"\\]/.test(String(value))) throw new Error(`${value}: write it as a list`)
  return String(value).trim().split(/\s+/)
}

/** A variable without a value is passed on from outside, if it is set there. */
function toEnvironment(value: unknown, variables: Variables): Record<string, string> {
  const pairs = Array.isArray(value)
    ? value.map(item => String(item).split(/=(.*)/s).slice(0, 2))
    : Object.entries((value ?? {}) as Node)
  return Object.fromEntries(
    pairs.flatMap(([name, given]) => {
      const text = given ?? variables[name]
      return text === undefined ? [] : [[name, String(text)]]
    }),
  )
}

function toDependencies(value: unknown): Record<string, string> {
  if (Array.isArray(value)) return Object.fromEntries(value.map(name => [name, 'service_started']))
  return Object.fromEntries(
    Object.entries((value ?? {}) as Record<string, Node>).map(([name, { condition }]) => [name, String(condition)]),
  )
}

function toMount(value: string | Node): Mount {
  if (typeof value !== 'string') {
    const { type, source, target, read_only } = value
    return {
      kind: type === 'bind' ? 'bind' : 'volume',
      source: String(source),
      target: String(target),
      readOnly: read_only === true,
    }
  }
  const [source = '', target = '', mode = ''] = value.split(':')
  return { kind: /^[./]/.test(source) ? 'bind' : 'volume', source, target, readOnly: mode.split(',').includes('ro') }
}

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
  /**
   * Services to wait for, each with its condition: `service_started`,
   * `service_completed_successfully` …
   */
  readonly dependsOn: Readonly<Record<string, string>>
  readonly healthcheck: readonly string[] | undefined
}

export type Variables = Readonly<Record<string, string | undefined>>
type Node = Readonly<Record<string, unknown>>

/** Keys that this reader supports or may ignore. Other keys are errors. */
const KNOWN_KEYS = new Set(
  'build image command entrypoint volumes tmpfs ports user depends_on healthcheck mem_limit stop_grace_period restart read_only cap_drop cap_add security_opt expose working_dir'.split(
    ' ',
  ),
)

/** Variables set by the operator. */
export interface Given {
  /** From the environment of Compose. */
  readonly variables?: Variables
  /**
   * From the file `.env`: expanded like those of the environment, which take precedence, and passed
   * to services that name the file.
   */
  readonly dotEnv?: Variables
}

/**
 * Reads the services of docker-compose.yml and expands variables like Compose.
 * @throws {Error} if the file contains an unsupported key.
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

/**
 * Expands `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:+instead}` and `$$` in every
 * string of a value. The replacement may contain
 * another variable.
 */
function expand(value: unknown, variables: Variables): unknown {
  if (Array.isArray(value)) return value.map(item => expand(item, variables))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, variables)]))
  if (typeof value !== 'string') return value
  return value.replace(
    /\$(?:(\$)|\{(\w+)(?:(:?[-?+])((?:[^{}]|\{[^}]*\})*))?\}|(\w+))/g,
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
  if (unknown.length > 0)
    throw new Error(`docker-compose.yml: ${name} has ${unknown.join(', ')}, which this reader does not support`)
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

/** Whether a service gets the optional file `.env`. @throws {Error} for other files. */
function hasDotEnv(value: unknown): boolean {
  if (value === undefined) return false
  if (JSON.stringify(value) === '[{"path":".env","required":false}]') return true
  throw new Error(`docker-compose.yml: the env_file ${JSON.stringify(value)} is not supported`)
}

function toWords(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined
  if (Array.isArray(value)) return value.map(String)
  // Compose splits like a shell: without quotes, at spaces.
  if (/['"\\]/.test(String(value))) throw new Error(`${value}: write it as a list`)
  return String(value).trim().split(/\s+/)
}

/** A variable without value is passed on if it is set. */
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

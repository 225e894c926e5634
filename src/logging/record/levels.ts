import { ChatError } from '../../errors.ts'

/**
 * The log levels, lowest first: name, number, and the pino methods that write at it. pino has six
 * levels and a record five, so `trace` is written as DEBUG.
 */
export const LEVELS = [
  { name: 'DEBUG', number: 10, methods: ['trace', 'debug'] },
  { name: 'INFO', number: 20, methods: ['info'] },
  { name: 'WARNING', number: 30, methods: ['warn'] },
  { name: 'ERROR', number: 40, methods: ['error'] },
  { name: 'CRITICAL', number: 50, methods: ['fatal'] },
] as const

export type LevelName = (typeof LEVELS)[number]['name']
export type LevelMethod = (typeof LEVELS)[number]['methods'][number]

const byMethod = new Map<string, (typeof LEVELS)[number]>(
  LEVELS.flatMap(level => level.methods.map(method => [method, level] as const)),
)

/** Returns the level fields of a record for a pino method. An unknown method counts as `info`. */
export function levelFields(method: string): { readonly level: LevelName; readonly level_number: number } {
  const { name, number } = byMethod.get(method) ?? LEVELS[1]
  return { level: name, level_number: number }
}

/** Returns the pino level for a level name. DEBUG becomes `debug`, which omits `trace`. */
export function levelMethod(name: LevelName): LevelMethod {
  const { methods } = LEVELS.find(level => level.name === name) ?? LEVELS[1]
  return methods[methods.length - 1] as LevelMethod
}

/**
 * Parses a level name, ignoring case.
 * @throws {ChatError} CONFIGURATION_INVALID with the list of names.
 */
export function parseLevel(text: string): LevelName {
  const level = LEVELS.find(({ name }) => name === text.toUpperCase())
  if (level !== undefined) return level.name
  const names = LEVELS.map(({ name }) => name).join(', ')
  throw new ChatError('CONFIGURATION_INVALID', { message: `"${text}" is not a log level. Use one of ${names}.` })
}

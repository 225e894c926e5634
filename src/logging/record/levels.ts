import { ChatError } from '../../errors.ts'

/**
 * The levels of a record, least first: its name, its number, and the pino methods that write at it. The one table from which everything
 * else about levels follows; `trace` is written as DEBUG, because a record has five levels and pino has six.
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

/** The two fields that say how serious a record is, for the pino method that wrote it; a method not known counts as `info`. */
export function levelFields(method: string): { readonly level: LevelName; readonly level_number: number } {
  const { name, number } = byMethod.get(method) ?? LEVELS[1]
  return { level: name, level_number: number }
}

/** The least serious pino method whose lines a logger set to this level keeps: DEBUG keeps `debug`, and not the finer `trace`. */
export function levelMethod(name: LevelName): LevelMethod {
  const { methods } = LEVELS.find(level => level.name === name) ?? LEVELS[1]
  return methods[methods.length - 1] as LevelMethod
}

/**
 * Reads a level's name as people write it; case does not matter.
 * @throws {ChatError} CONFIGURATION_INVALID that lists the names there are.
 */
export function parseLevel(text: string): LevelName {
  const level = LEVELS.find(({ name }) => name === text.toUpperCase())
  if (level !== undefined) return level.name
  const names = LEVELS.map(({ name }) => name).join(', ')
  throw new ChatError('CONFIGURATION_INVALID', { message: `"${text}" is no log level; right would be one of ${names}` })
}

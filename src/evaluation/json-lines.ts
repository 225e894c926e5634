import { open } from 'node:fs/promises'
import { Check } from 'typebox/value'
import type { Static, TSchema } from '../base/json-schema.ts'
import { ChatError } from '../errors.ts'

/** A line that is not empty, with its file and number. */
export interface NumberedLine {
  readonly line: string
  readonly where: string
}

/**
 * Reads a file of JSON objects, one a line.
 * @param inspect Called for each object with its place; throws if it cannot be used.
 * @throws {ChatError} COLLECTION_UNREADABLE with file and line.
 */
export async function readJsonLines<Schema extends TSchema>(
  file: string,
  schema: Schema,
  inspect: (value: Static<Schema>, where: string) => void = () => {},
): Promise<Static<Schema>[]> {
  const values: Static<Schema>[] = []
  for await (const { line, where } of readLines(file)) {
    const value = parse(line, where)
    if (!Check(schema, value)) return refuseLine(where, 'It lacks a field, or one of them is of another type')
    inspect(value, where)
    values.push(value)
  }
  return values
}

/** Creates an inspection that refuses an id that an earlier line has. */
export function refuseRepeatedIds(): (value: { readonly id: string }, where: string) => void {
  const ids = new Set<string>()
  return ({ id }, where) => {
    if (ids.has(id)) refuseLine(where, `The id ${id} is not unique. Give each query its own id.`)
    ids.add(id)
  }
}

/** Reads the lines of a file that are not empty. @throws {ChatError} COLLECTION_UNREADABLE */
export async function* readLines(file: string): AsyncGenerator<NumberedLine> {
  const handle = await open(file).catch(() => refuseLine(file, 'There is no such file'))
  let number = 0
  for await (const line of handle.readLines()) {
    number++
    if (line.trim() !== '') yield { line: line.replace(/\r$/, ''), where: `${file}:${number}` }
  }
}

/** @throws {ChatError} COLLECTION_UNREADABLE */
export function refuseLine(where: string, problem: string): never {
  throw new ChatError('COLLECTION_UNREADABLE', { message: `${where}: ${problem}` })
}

function parse(line: string, where: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return refuseLine(where, 'It is not JSON')
  }
}

import { type CamelCase, camelCase } from '../../src/camel-case.ts'

type SnakeCase<Name extends string> = Name extends `${infer Head}${infer Tail}`
  ? Head extends Lowercase<Head>
    ? `${Head}${SnakeCase<Tail>}`
    : `_${Lowercase<Head>}${SnakeCase<Tail>}`
  : Name

/** The same value with the names that it has in JSON: `sessionId` is `session_id`, at any depth. */
export type Wire<T> = T extends readonly (infer Item)[]
  ? Wire<Item>[]
  : T extends object
    ? { [Name in keyof T as SnakeCase<Name & string>]: Wire<T[Name]> }
    : T

/** The same value with the names that it has in the code: `session_id` is `sessionId`, at the top level. */
export type Unwired<T> = { [Name in keyof T as CamelCase<Name & string>]: T[Name] }

/** Gives a reply the names that leave the process, at any depth. Plain data only: it copies own properties and nothing else. */
export function toWire<T>(value: T): Wire<T> {
  if (Array.isArray(value)) return value.map(toWire) as Wire<T>
  if (typeof value !== 'object' || value === null) return value as Wire<T>
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [snakeCase(name), toWire(inner)])) as Wire<T>
}

/** Gives a flat request body or query the names that the code uses. */
export function fromWire<T extends object>(value: T): Unwired<T> {
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [camelCase(name), inner])) as Unwired<T>
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}

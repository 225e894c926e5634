import { type CamelCase, camelCase, snakeCase } from '../../../src/base/camel-case.ts'

type SnakeCase<Name extends string> = Name extends `${infer Head}${infer Tail}`
  ? Head extends Lowercase<Head>
    ? `${Head}${SnakeCase<Tail>}`
    : `_${Lowercase<Head>}${SnakeCase<Tail>}`
  : Name

/** A type with its names in snake_case, at any depth. */
export type Wire<T> = T extends readonly (infer Item)[]
  ? Wire<Item>[]
  : T extends object
    ? { [Name in keyof T as SnakeCase<Name & string>]: Wire<T[Name]> }
    : T

/** A type with its names in camelCase, at the top level. */
export type Unwired<T> = { [Name in keyof T as CamelCase<Name & string>]: T[Name] }

/**
 * Converts the names of a reply to snake_case, at any depth. For plain data: only own properties
 * are copied.
 */
export function toWire<T>(value: T): Wire<T> {
  if (Array.isArray(value)) return value.map(toWire) as Wire<T>
  if (typeof value !== 'object' || value === null) return value as Wire<T>
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [snakeCase(name), toWire(inner)])) as Wire<T>
}

/** Converts the names of a flat request body or query to camelCase. */
export function fromWire<T extends object>(value: T): Unwired<T> {
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [camelCase(name), inner])) as Unwired<T>
}

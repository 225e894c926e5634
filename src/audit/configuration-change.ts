import { snakeCase } from '../base/camel-case.ts'

/** A setting before and after; absent if it had no value. */
export interface SettingChange {
  readonly from?: unknown
  readonly to?: unknown
}

/** How secrets are kept out of the trail. */
export interface Concealment {
  /** Whether the setting of this environment variable is a secret. */
  readonly isSecret: (name: string) => boolean
  /** Replaces a secret by a text that changes with it. */
  readonly conceal: (secret: string) => string
}

/**
 * Returns the settings for the audit trail: sorted, by the names of their environment variables.
 * Secrets are concealed: a reader sees only that one changed.
 */
export function describeConfiguration(config: object, { isSecret, conceal }: Concealment): Readonly<Record<string, unknown>> {
  const described = Object.entries(config)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const name = snakeCase(key).toUpperCase()
      return [name, isSecret(name) ? conceal(String(value)) : value] as const
    })
  return Object.fromEntries(described.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Returns the settings that differ between two configurations. */
export function compareConfigurations(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Readonly<Record<string, SettingChange>> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return Object.fromEntries(
    names.filter(name => before[name] !== after[name]).map(name => [name, { from: before[name], to: after[name] }]),
  )
}

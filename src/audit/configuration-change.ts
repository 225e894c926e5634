/** A setting before and after; absent where it had no value. */
export interface SettingChange {
  readonly from?: unknown
  readonly to?: unknown
}

/** Whatever is named like this is a secret, those that are yet to come included. */
const SECRET = /key|secret|token|password|credential/i

/**
 * The settings as the audit trail tells them: by the names of their environment variables, sorted, and secrets in a form that shows that they
 * changed and nothing else.
 */
export function describeConfiguration(config: object, conceal: (secret: string) => string): Readonly<Record<string, unknown>> {
  const described = Object.entries(config)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [toVariable(name), SECRET.test(name) ? conceal(String(value)) : value] as const)
  return Object.fromEntries(described.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** What differs between two configurations so described, by setting. */
export function compareConfigurations(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Readonly<Record<string, SettingChange>> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return Object.fromEntries(
    names.filter(name => before[name] !== after[name]).map(name => [name, { from: before[name], to: after[name] }]),
  )
}

function toVariable(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()
}

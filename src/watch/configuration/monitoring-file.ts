import type { MonitoringConfig } from './monitoring-config.ts'

/**
 * The keys whose values differ, such as `alerts.cpu_threshold`. Values are left out: they may be
 * secrets.
 */
export function changedKeys(before: MonitoringConfig, after: MonitoringConfig): readonly string[] {
  const [old, new_] = [flatten(before), flatten(after)]
  return [...new Set([...old.keys(), ...new_.keys()])].filter(key => old.get(key) !== new_.get(key)).sort()
}

function flatten(value: unknown, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map([[path, JSON.stringify(value)]])
  return new Map(
    Object.entries(value).flatMap(([name, inner]) => {
      const key = name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
      return [...flatten(inner, path === '' ? key : `${path}.${key}`)]
    }),
  )
}

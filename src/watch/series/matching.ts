import type { Matcher } from './series.ts'

/** Creates a function that checks labels against all matchers. */
export function createMatcher(matchers: readonly Matcher[]): (labels: Readonly<Record<string, string>>) => boolean {
  const checks = matchers.map(({ label, op, value }) => {
    const pattern = op.endsWith('~') ? new RegExp(`^(?:${value})$`, 'u') : undefined
    const isNegated = op.startsWith('!')
    return (labels: Readonly<Record<string, string>>) => {
      const present = labels[label] ?? ''
      return (pattern === undefined ? present === value : pattern.test(present)) !== isNegated
    }
  })
  return labels => checks.every(check => check(labels))
}

import { readFileSync } from 'node:fs'
import { messageOf } from '../../errors.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads a secret that is given as text, as `env:NAME` or as `file:/path`. The last line break of a
 * file does not belong to it.
 */
export function readSecret(
  value: string | undefined,
  environment: Environment,
): { readonly text?: string; readonly problem?: string } {
  if (value === undefined) return {}
  const [, kind, name = ''] = /^(env|file):(?!\/\/)(.+)$/.exec(value) ?? []
  if (kind === undefined) return { text: value }
  if (kind === 'env') {
    const text = environment[name]
    return text ? { text } : { problem: `The environment variable ${name} is not set` }
  }
  try {
    return { text: readFileSync(name, 'utf8').replace(/\r?\n$/, '') }
  } catch (error) {
    return { problem: messageOf(error) }
  }
}

import { existsSync } from 'node:fs'
import type { CommandPrefix } from './rule-texts.ts'

/** The link to the program that the image has; the file that Docker adds to a container. */
const IMAGE_FILES = ['/usr/local/bin/pellucid', '/.dockerenv']

/**
 * How commands are run where this server runs: `COMMAND_PREFIX`, which compose sets, or what can be
 * seen from inside. An npm project may run in a container too, such as that of a developer.
 */
export function readCommandPrefix(environment: Readonly<Record<string, string | undefined>>): CommandPrefix {
  const { COMMAND_PREFIX: prefix, KUBERNETES_SERVICE_HOST: kubernetes } = environment
  if (prefix) return prefix
  if (kubernetes !== undefined) return 'kubectl exec deploy/pellucid --'
  return IMAGE_FILES.every(file => existsSync(file)) ? 'docker exec CONTAINER' : 'npx'
}

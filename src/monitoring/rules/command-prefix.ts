import { existsSync } from 'node:fs'
import type { CommandPrefix } from './rule-texts.ts'

/** How commands are run where this server runs, as far as it can be seen from inside. */
export function readCommandPrefix(environment: Readonly<Record<string, string | undefined>>): CommandPrefix {
  if (environment.KUBERNETES_SERVICE_HOST !== undefined) return 'kubectl exec deploy/pellucid --'
  return existsSync('/.dockerenv') ? 'docker compose exec pellucid' : 'npx'
}

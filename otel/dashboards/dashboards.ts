import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { CHATBOT } from './chatbot/chatbot.ts'
import { SEARCH } from './search.ts'
import { SERVICE_HEALTH } from './service-health/service-health.ts'

/** Every dashboard there is; each is a file beside this one, which `npm run dashboards` writes. */
export const DASHBOARDS: readonly Dashboard[] = [CHATBOT, SERVICE_HEALTH, SEARCH]

/** As Grafana reads it. */
export function toJson(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`
}

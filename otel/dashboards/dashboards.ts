import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { ALERTS } from './alerts/alerts.ts'
import { CHATBOT } from './chatbot/chatbot.ts'
import { SEARCH } from './search.ts'
import { SERVICE_HEALTH } from './service-health/service-health.ts'

/** All dashboards. `npm run dashboards` writes each to otel/stack/dashboards. */
export const DASHBOARDS: readonly Dashboard[] = [CHATBOT, SERVICE_HEALTH, SEARCH, ALERTS]

/** Formats a dashboard for Grafana. */
export function toJson(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`
}

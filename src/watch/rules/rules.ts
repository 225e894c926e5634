import { REQUEST_RULES } from './request-rules.ts'
import { RESOURCE_RULES } from './resource-rules.ts'
import type { Rule } from './rule.ts'
import { TELEMETRY_RULES } from './telemetry-rules.ts'

/**
 * Every alert rule. The built-in evaluation, the rules of Prometheus and the page about alerts are
 * made from this list.
 */
export const RULES: readonly Rule[] = [...REQUEST_RULES, ...RESOURCE_RULES, ...TELEMETRY_RULES]

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { type LabelValues, METRICS, type Metric, maxSeriesOf } from '../otel/metrics.ts'
import { ERROR_STATUSES } from '../plugins/edge/replies/error-reply.ts'
import { type Access, mayUse, ROLES, type Role } from '../src/access/roles.ts'
import { AUDIT_EVENTS } from '../src/audit/audit-events.ts'
import { commandTable } from '../src/commands/command-table.ts'
import { describeValues } from '../src/config.ts'
import { ERROR_TEXTS, type ErrorCode } from '../src/errors.ts'
import { SETTINGS } from '../src/settings.ts'
import { describeLimits, showValue, titleOf } from '../src/watch/rules/rule-texts.ts'
import { RULES } from '../src/watch/rules/rules.ts'
import { PAGES, ROOT, readPage } from './docs-pages.ts'

/** The generated tables, by the name in the marker before each. */
export function generateTables(app: FastifyInstance): Readonly<Record<string, string>> {
  return {
    routes: routes(app),
    route_roles: routeRoles(app),
    settings: settings(),
    errors: errors(),
    commands: commands(),
    metrics: metrics(),
    audit_events: auditEvents(),
    alert_rules: alertRules(),
  }
}

/** The tables that the pages contain. */
export function tablesInPages(): Readonly<Record<string, string>> {
  return Object.fromEntries(PAGES.flatMap(page => [...readPage(page).matchAll(MARKED)].map(([, name, table]) => [name, table])))
}

/** Writes the generated tables between the markers of the pages. */
export function writeTables(tables: Readonly<Record<string, string>>): void {
  for (const page of PAGES) {
    const text = readPage(page)
    const updated = text.replace(MARKED, (_, name: string) => `<!-- table: ${name} -->\n${tables[name]}<!-- end -->`)
    if (updated !== text) writeFileSync(join(ROOT, page), updated)
  }
}

const MARKED = /<!-- table: (\w+) -->\n([\s\S]*?)<!-- end -->/g

function routes(app: FastifyInstance): string {
  const rows = Object.entries(app.swagger().paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods ?? {}).map(([method, route]) => [
      `\`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}\``,
      String((route as { summary?: string }).summary),
    ]),
  )
  return table(['Route', 'What it does'], rows)
}

function routeRoles(app: FastifyInstance): string {
  const routes = app
    .listAccess()
    .filter(({ method, url }) => method !== 'HEAD' && !/^\/docs.|hello|cause-error|favicon/.test(url))
  const allows = (access: Access, role: Role) => (mayUse(role, access) ? '✓' : '')
  const rows = routes.map(({ method, url, access }) => [
    `\`${method} ${url.replace('*', ':id')}\``,
    access === 'everyone' ? '✓' : '',
    ...ROLES.map(role => allows(access, role)),
  ])
  return table(['Route', 'without a key', ...ROLES.map(role => `\`${role}\``)], rows)
}

function settings(): string {
  const rows = Object.entries(SETTINGS.properties).map(([name, schema]) => {
    const { default: value, description } = schema as { default?: unknown; description?: string }
    return [`\`${name}\``, value === undefined ? 'unset' : `\`${value}\``, describeValues(schema), String(description)]
  })
  return table(['Variable', 'Default', 'Values', 'Meaning'], rows)
}

function errors(): string {
  const rows = Object.entries(ERROR_TEXTS).map(([code, text]) => [`\`${code}\``, String(ERROR_STATUSES[code as ErrorCode]), text])
  return table(['Code', 'Status', 'Meaning'], rows)
}

function commands(): string {
  const code = (text: string) => `\`${text}\``
  const rows = commandTable().map(({ usage, aliases, summary, example }) => [
    code(usage),
    aliases.map(code).join(' '),
    summary,
    code(example),
  ])
  return table(['Command', 'Also', 'What it does', 'Example'], rows)
}

function auditEvents(): string {
  const rows = Object.entries(AUDIT_EVENTS).map(([name, { text, facts }]) => [
    `\`${name}\``,
    text,
    facts.map(fact => `\`${fact}\``).join(', '),
  ])
  return table(['Event', 'Meaning', 'Facts'], rows)
}

function alertRules(): string {
  const rows = RULES.map(rule => [
    `\`${rule.id}\``,
    rule.severity,
    describeLimits({ ...rule, forS: 0 }),
    rule.forS === 0 ? 'at once' : showValue(rule.forS, 'seconds'),
    rule.evaluatedBy === 'both' ? '' : 'Prometheus only',
  ])
  const sections = RULES.map(rule => {
    const description = rule.description.replace(/\{(\w+)\}/g, (_, name: string) => (name === 'value' ? '…' : `*${name}*`))
    return `### ${titleOf(rule)}

${rule.summary}. The message says: ${description}

- What users notice: ${rule.users}
- What to do: ${rule.action}
- Read more: [${rule.page.replace(/\.md.*/, '.md')}](${rule.page})
`
  })
  return [table(['Rule', 'Severity', 'Limit', 'For', ''], rows), ...sections].join('\n')
}

function metrics(): string {
  const rows = Object.entries<Metric>(METRICS).map(([name, { kind, unit, help, labels = {} }]) => [
    `\`${name}\``,
    kind.replace('observed-', ''),
    unit,
    Object.entries(labels).map(describeLabel).join('; '),
    help,
  ])
  const maxSeries = Object.values<Metric>(METRICS).reduce((sum, metric) => sum + maxSeriesOf(metric), 0)
  const bound = `There are at most ${maxSeries} series, in less than 512 KiB: each label has at most the number of values in the table, and
further values are counted as \`other\`.`
  return `${table(['Metric', 'Kind', 'Unit', 'Labels', 'Meaning'], rows)}\n${bound}\n`
}

function describeLabel([name, values]: readonly [string, LabelValues]): string {
  return 'of' in values ? `\`${name}\`: ${values.of}; ${values.atMost} at most` : `\`${name}\`: ${values.join(', ')}`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line), ''].join('\n')
}

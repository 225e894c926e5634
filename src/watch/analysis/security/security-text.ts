import type { SecurityAnalysis } from './security-analysis.ts'

/** Renders the analysis of security events as text. */
export function renderSecurity({ from, to, events, kinds, refused, clients }: SecurityAnalysis): string {
  const list = (entries: readonly { readonly name: string; readonly count: number }[]) =>
    entries.map(({ name, count }) => `${name} ${count} ×`).join(', ')
  return [
    `${events} security events from ${from} to ${to}${events === 0 ? '' : `: ${list(kinds)}`}`,
    ...clients.flatMap(({ client, events, kinds, routes, first_seen, last_seen, lines }) => [
      '',
      `${client}: ${events} events (${list(kinds)})`,
      `  on ${list(routes)}`,
      `  from ${first_seen} to ${last_seen}: ${lines}`,
    ]),
    '',
    ...(refused.length === 0
      ? []
      : [
          'Refused requests:',
          ...refused.map(({ name, count }) => `  ${count} × ${name}: pellucid logs --grep ${name.split(' ')[1]}`),
          '',
        ]),
  ].join('\n')
}

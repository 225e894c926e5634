import type { ErrorAnalysis, ErrorKind } from './error-analysis.ts'

/** Renders the analysis of errors as text, one paragraph for each kind. */
export function renderErrors({ from, to, compared, total, total_before, omitted, kinds }: ErrorAnalysis): string {
  const before = compared ? `, ${total_before} in the period before` : '; the log does not reach back to the period before'
  const more = omitted === 0 ? [] : [`${omitted} of further kinds are not listed.`]
  const head = `${total} errors of ${kinds.filter(({ count }) => count > 0).length} kinds from ${from} to ${to}${before}`
  return [head, ...more, ...kinds.flatMap(paragraph), ''].join('\n')
}

function paragraph(kind: ErrorKind): readonly string[] {
  const { fingerprint, trend, code, count, count_before, message, error_type, template, frame, since_version } = kind
  const affected = [
    kind.user_count > 0 ? `${kind.user_count} users affected` : undefined,
    kind.routes.length > 0 ? `on ${kind.routes.join(', ')}` : undefined,
    since_version === undefined ? undefined : `since version ${since_version}`,
  ].filter(Boolean)
  return [
    '',
    `${trend.toUpperCase()} ${fingerprint} ${code ?? 'no code'}: ${count} × (${count_before} before) [${kind.module}] ${message}`,
    ...(error_type === undefined ? [] : [`  ${error_type}: ${template}`]),
    ...(frame === undefined ? [] : [`  at ${frame}`]),
    `  from ${kind.first_seen} to ${kind.last_seen}${affected.length > 0 ? `; ${affected.join('; ')}` : ''}`,
    `  latest: ${kind.latest_lines ?? kind.all_lines}`,
  ]
}

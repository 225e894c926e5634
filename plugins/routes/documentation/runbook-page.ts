/** What a page about an alert rule says. */
export interface Runbook {
  readonly title: string
  readonly severity: string
  readonly summary: string
  readonly users: string
  /** With commands in backquotes. */
  readonly action: string
  /** `above 5 % for 5 min`. */
  readonly limits: string
  readonly id: string
}

/** What the page may load: nothing but its own style. */
export const RUNBOOK_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** The page that notifications about an alert link to. */
export function renderRunbook({ title, severity, summary, users, action, limits, id }: Runbook): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark }
body { max-width: 42rem; margin: 4rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif }
dt { font-weight: 600; margin-top: 1rem } dd { margin: 0 }
code { padding: .1rem .3rem; border: 1px solid #8886; border-radius: .3rem }
</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(summary)}. This alert is ${severity}.</p>
<dl>
<dt>What users notice</dt><dd>${escapeHtml(users)}</dd>
<dt>What to do</dt><dd>${escapeHtml(action).replace(/`([^`]+)`/g, '<code>$1</code>')}</dd>
<dt>When it fires</dt><dd>${escapeHtml(limits)}</dd>
<dt>To change or silence it</dt><dd>Set <code>alerts.rules.${id}</code> in monitoring.yaml, or see the page Alerts of the manual.</dd>
</dl>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

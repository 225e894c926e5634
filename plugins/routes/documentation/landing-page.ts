/** The icon of the documentation and of the landing page. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M4 4h24v18H15l-7 6v-6H4z" fill="#0b7285"/><path d="M9 11h14M9 16h9" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/></svg>`

/** The icon and the name, at the top of the documentation. */
export const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 32"><path d="M4 4h24v18H15l-7 6v-6H4z" fill="#15aabf"/><path d="M9 11h14M9 16h9" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/><text x="38" y="23" font-family="system-ui, sans-serif" font-size="22" font-weight="600" fill="#fff">Pellucid</text></svg>`

/** What the page may load: nothing but its own style and icon. */
export const LANDING_PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

/** The page at `/`. `origin` is the address in its example: `http://127.0.0.1:8000`. */
export function renderLandingPage(origin: string, message: string): string {
  const question = `curl -s ${origin}/chat \\\n  -H 'content-type: application/json' \\\n  -d '${JSON.stringify({ message })}'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pellucid</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">
<style>
:root { color-scheme: light dark }
body { max-width: 42rem; margin: 4rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif }
pre { padding: 1rem; overflow-x: auto; border: 1px solid #8886; border-radius: .4rem }
</style>
</head>
<body>
<h1>Pellucid</h1>
<p>This server answers questions from your documents, and shows its operators how.</p>
<p>Send a message:</p>
<pre><code>${escapeHtml(question)}</code></pre>
<ul>
<li><a href="/docs">API documentation</a>: every route, to try out in the browser</li>
<li><a href="/health/ready">Health</a>: whether the server can do its work (<a href="/health">liveness</a>)</li>
<li><a href="/metrics">Metrics</a>: in the Prometheus text format</li>
</ul>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

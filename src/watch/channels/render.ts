import type { Notification } from './notification.ts'

const SUBJECT_PREFIX: Readonly<Record<Notification['kind'], string>> = {
  alert: '',
  resolved: 'Resolved: ',
  error: 'New error: ',
  test: 'Test: ',
  report: '',
  digest: '',
}

/** The subject of a mail, or the first line of a message: `[critical] High error rate: …`. */
export function subjectOf({ kind, severity, title, summary }: Notification): string {
  const level = kind === 'alert' ? `[${severity}] ` : ''
  return `${level}${SUBJECT_PREFIX[kind]}${title}${summary === '' ? '' : `: ${summary}`}`
}

/** A notification as plain text. */
export function toPlainText({ summary, facts, text, lines = [], links }: Notification): string {
  const width = Math.max(0, ...facts.map(([name]) => name.length))
  const blocks = [
    summary,
    facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n'),
    ...text,
    lines.join('\n'),
    links.map(([name, url]) => `${name}: ${url}`).join('\n'),
  ]
  return `${blocks.filter(block => block !== '').join('\n\n')}\n`
}

/** A notification as a page for mail clients: tables and inline styles, readable without either. */
export function toHtml(notification: Notification): string {
  if (notification.html !== undefined) return notification.html
  const { facts, text, lines = [], links, summary } = notification
  const cell = 'style="padding:2px 16px 2px 0;vertical-align:top"'
  const rows = facts.map(([name, value]) => `<tr><td ${cell}>${escaped(name)}</td><td ${cell}><b>${escaped(value)}</b></td></tr>`)
  return [
    '<!doctype html><html><body style="font-family:sans-serif;font-size:15px;line-height:1.45;color:#1a1a1a">',
    `<h2 style="font-size:18px;border-left:5px solid #555;padding-left:10px">${escaped(subjectOf({ ...notification, summary: '' }))}</h2>`,
    `<p>${escaped(summary)}</p>`,
    rows.length > 0 ? `<table>${rows.join('')}</table>` : '',
    ...text.map(paragraph => `<p>${escaped(paragraph).replace(/`([^`]+)`/g, '<code>$1</code>')}</p>`),
    lines.length > 0 ? `<pre style="font-size:13px;white-space:pre-wrap">${escaped(lines.join('\n'))}</pre>` : '',
    ...links.map(([name, url]) => `<p><a href="${escaped(url)}">${escaped(name)}</a></p>`),
    '</body></html>',
  ].join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

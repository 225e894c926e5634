import { fixedText } from '../reply-text.ts'
import { defineCommand } from './command.ts'

/** `/status`: shows the state of the server. */
export const statusCommand = defineCommand({
  name: 'status',
  aliases: ['info'],
  summary: "Shows the server's version, uptime, open sessions, documents and database state.",
  arguments: [],
  example: '/status',
  async run(_args, context) {
    const { version, uptimeMs, openSessions, documents, passages, missing, database } = await context.status()
    const lines = [
      `Pellucid ${version}, up for ${describeUptime(uptimeMs)}`,
      `Open sessions: ${openSessions}`,
      `Documents: ${documents}, in ${passages} passages${missing === undefined ? '' : `. ${missing}`}`,
      `Database: ${database}`,
    ]
    return { response: fixedText(lines.join('\n')) }
  },
})

/** The uptime in its largest unit above zero and the next smaller one, down to seconds. */
function describeUptime(uptimeMs: number): string {
  const s = Math.floor(uptimeMs / 1000)
  const parts = [
    [Math.floor(s / 86_400), 'd'],
    [Math.floor(s / 3600) % 24, 'h'],
    [Math.floor(s / 60) % 60, 'min'],
    [s % 60, 's'],
  ] as const
  const largest = parts.findIndex(([count]) => count > 0)
  const first = largest === -1 ? 0 : Math.min(largest, 2)
  return parts
    .slice(first, first + 2)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

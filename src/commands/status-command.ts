import { defineCommand } from './command.ts'

/** `/status`: how the server fares. */
export const statusCommand = defineCommand({
  name: 'status',
  aliases: ['info'],
  summary: "Shows the server's version, uptime, sessions, documents and the state of its database.",
  arguments: [],
  example: '/status',
  async run(_args, context) {
    const { version, uptimeMs, openSessions, documents, passages, database } = await context.status()
    return {
      response: [
        `Pellucid ${version}, up for ${describeUptime(uptimeMs)}`,
        `Open sessions: ${openSessions}`,
        `Documents: ${documents}, in ${passages} passages`,
        `Database: ${database}`,
      ].join('\n'),
    }
  },
})

/** The two largest units that matter, down to seconds. */
function describeUptime(uptimeMs: number): string {
  const s = Math.floor(uptimeMs / 1000)
  const parts = [
    [Math.floor(s / 86_400), 'd'],
    [Math.floor(s / 3600) % 24, 'h'],
    [Math.floor(s / 60) % 60, 'min'],
    [s % 60, 's'],
  ] as const
  const first = Math.max(
    0,
    Math.min(
      parts.findIndex(([count]) => count > 0),
      2,
    ),
  )
  return parts
    .slice(first, first + 2)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

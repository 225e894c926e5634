import type { ArgumentSpec, Command } from '../command.ts'

/** How a command is written: `/feedback good|bad [COMMENT]`. */
export function usageOf(command: Command): string {
  return [`/${command.name}`, ...command.arguments.map(spec => (spec.required ? placeOf(spec) : `[${placeOf(spec)}]`))].join(' ')
}

function placeOf(spec: ArgumentSpec): string {
  return spec.type === 'choice' ? spec.choices.join('|') : spec.name.toUpperCase()
}

import type { ArgumentSpec, Command } from '../command.ts'

/** The usage of a command: `/feedback good|bad [COMMENT]`. */
export function usageOf(command: Command): string {
  return [
    `/${command.name}`,
    ...command.arguments.map(spec => (spec.required ? describeArgument(spec) : `[${describeArgument(spec)}]`)),
  ].join(' ')
}

function describeArgument(spec: ArgumentSpec): string {
  return spec.type === 'choice' ? spec.choices.join('|') : spec.name.toUpperCase()
}

import type { ArgumentSpec, ArgumentValue } from '../command.ts'

/** Converts the text of an argument to its value. Undefined if the text is not valid. */
export function checkArgument(spec: ArgumentSpec, text: string): ArgumentValue | undefined {
  if (spec.type === 'text') return text.trim() === '' ? undefined : text
  if (spec.type === 'choice') return spec.choices.find(choice => choice === (spec.read?.(text) ?? text.toLowerCase()))
  const number = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  return number >= spec.min && number <= spec.max ? number : undefined
}

/** Describes valid values, as a phrase that follows "must be". */
export function expectationOf(spec: ArgumentSpec): string {
  if (spec.type === 'text') return 'some text'
  if (spec.type === 'choice') return spec.choices.join(' or ')
  return `a whole number from ${spec.min} to ${spec.max}`
}

import type { ArgumentSpec, ArgumentValue } from '../command.ts'

/** The value of an argument as written; undefined where it is not what the argument takes. */
export function checkArgument(spec: ArgumentSpec, text: string): ArgumentValue | undefined {
  if (spec.type === 'text') return text.trim() === '' ? undefined : text
  if (spec.type === 'choice') return spec.choices.find(choice => choice === text.toLowerCase())
  const number = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  return number >= spec.min && number <= spec.max ? number : undefined
}

/** The same in words, to follow "must be". */
export function expectationOf(spec: ArgumentSpec): string {
  if (spec.type === 'text') return 'some text'
  if (spec.type === 'choice') return spec.choices.join(' or ')
  return `a whole number from ${spec.min} to ${spec.max}`
}

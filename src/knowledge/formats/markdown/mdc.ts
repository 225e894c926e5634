import { replaceOutsideCode } from './code/code-spans.ts'

/** A component with an end, or with attributes alone on its line. */
const PAGE = /^::[^\S\n]*$|^:[a-z][\w-]*\{[a-z][\w-]*=/m
const OPEN = /^([^\S\n]*):{2,}([a-z][\w-]*)(?:\{(.*)\})?[^\S\n]*$/
const CLOSE = /^[^\S\n]*:{2,}[^\S\n]*$/
/** The name of the part of a component that follows. */
const SLOT = /^[^\S\n]*#[a-z][\w-]*(?:\{.*\})?[^\S\n]*$/
/** A component within a line. */
const INLINE = /(?<![\w:]):([a-z][\w-]{0,60})(?:\[([^\]\n]{0,200})\])?\{(?=[.#]|:?[a-z][\w-]*=|\})([^{}\n]{0,500})\}/g
const TITLE = /(?:^|\s)(?:title|label)="([^"]*)"/
const MAX_LINE = 2000

/** Returns whether a page is written in the MDC syntax of Nuxt Content. */
export function isMdcPage(text: string): boolean {
  return PAGE.test(text)
}

/** Rewrites a line of MDC: components become boxes. */
export function expandMdcLine(line: string): string {
  if (line.length > MAX_LINE || !/:|^\s*#/.test(line)) return line
  if (CLOSE.test(line)) return ':::'
  if (SLOT.test(line)) return ''
  const [, indent, name, attributes = ''] = OPEN.exec(line) ?? []
  return name === undefined ? line : `${indent}:::${name} ${TITLE.exec(attributes)?.[1] ?? ''}`
}

/** Replaces the components within lines of MDC by the text that they show. */
export function expandMdc(text: string): string {
  return replaceOutsideCode(text, INLINE, ([, , text, shown = '']) => text ?? TITLE.exec(shown)?.[1] ?? '')
}

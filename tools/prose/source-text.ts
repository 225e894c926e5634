import { parse } from '@babel/parser'

/** A piece of prose in a source file. */
export interface Prose {
  readonly text: string
  /** Line of the file that the text begins on, from 1. */
  readonly line: number
}

interface Node {
  readonly type: string
  readonly loc?: { readonly start: { readonly line: number } }
  readonly [key: string]: unknown
}

/** A string with fewer words is a name, a key or a value. */
const LEAST_WORDS = 3
const STATEMENT = /^\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA|WITH|BEGIN|ORDER|FROM|WHERE|AND)\b/

/**
 * The comments of a file in TypeScript or JavaScript, and the strings in it that are sentences:
 * messages, descriptions and help texts. Of a test, only the titles: other strings are data.
 */
export function readSourceProse(source: string, isTest = false): readonly Prose[] {
  const file = parse(source, { sourceType: 'module', plugins: ['typescript'] })
  const strings: Prose[] = []
  collectStrings(file.program as unknown as Node, strings, isTest)
  return [...joinLineComments(file.comments ?? []), ...strings]
}

/** The comments of a YAML file. */
export function readYamlProse(source: string): readonly Prose[] {
  const lines = source.split('\n').flatMap((text, index) => {
    const [, value] = /^\s*# ?(.*)$/.exec(text) ?? []
    return value === undefined ? [] : [{ type: 'CommentLine', value, loc: { start: { line: index + 1 } } }]
  })
  return joinLineComments(lines)
}

interface Comment {
  readonly type: string
  readonly value: string
  readonly loc?: { readonly start: { readonly line: number } } | null
}

/** Adjacent line comments are one text; a block comment loses the asterisks of its lines. */
function joinLineComments(comments: readonly Comment[]): Prose[] {
  const texts: { text: string; line: number; end: number }[] = []
  for (const { type, value, loc } of comments) {
    const line = loc?.start.line ?? 1
    const last = texts.at(-1)
    if (type === 'CommentLine' && last?.end === line - 1) {
      last.text += `\n${value.trim()}`
      last.end = line
    } else {
      const text = type === 'CommentLine' ? value.trim() : value.replace(/^\s*\*+ ?/gm, '').trimEnd()
      texts.push({ text, line, end: type === 'CommentLine' ? line : -1 })
    }
  }
  return texts
}

function collectStrings(node: Node, found: Prose[], titlesOnly: boolean, isTitle = false): void {
  if (node.type.startsWith('Import') || node.type === 'RegExpLiteral') return
  const text = stringOf(node)
  if (text !== undefined && (isTitle || !titlesOnly)) {
    if (isSentence(text)) found.push({ text, line: node.loc?.start.line ?? 1 })
    if (node.type === 'StringLiteral') return
  }
  const title = titleOf(node)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value])
      if (isNode(child)) collectStrings(child, found, titlesOnly, child === title)
  }
}

/** The first argument of a call of `t.test`. */
function titleOf(node: Node): unknown {
  const callee = node.callee as { readonly property?: { readonly name?: string } } | undefined
  return callee?.property?.name === 'test' ? (node.arguments as readonly Node[])[0] : undefined
}

function stringOf(node: Node): string | undefined {
  if (node.type === 'StringLiteral') return node.value as string
  if (node.type !== 'TemplateLiteral') return undefined
  const quasis = node.quasis as readonly { readonly value: { readonly cooked: string } }[]
  return quasis.map(({ value }) => value.cooked).join('X')
}

function isSentence(text: string): boolean {
  return (text.match(/[A-Za-z]{2,}/g) ?? []).length >= LEAST_WORDS && / \w+ /.test(text) && !STATEMENT.test(text)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

import { parse } from 'yaml'

/** The facts about a page at its beginning. */
export interface FrontMatter {
  readonly title?: string
  readonly description?: string
  readonly keywords: readonly string[]
  /** The page's address: a path on its site, or a web address. */
  readonly address?: string
  readonly isDraft: boolean
  /** Length of the front matter in the text. */
  readonly length: number
}

const YAML = /^---[^\S\n]*\n((?:[\w-]+[^\S\n]*:|#)[\s\S]*?)\n(?:---|\.\.\.)[^\S\n]*(?:\n|$)/
const TOML = /^\+\+\+[^\S\n]*\n([\s\S]*?)\n\+\+\+[^\S\n]*(?:\n|$)/
const NONE: FrontMatter = { keywords: [], isDraft: false, length: 0 }
/** Longer front matter is data, which takes long to parse. */
const MAX_CHARS = 20_000

/**
 * Reads YAML or TOML front matter. If it is not valid, only lines such as `title: text` are read,
 * as in TOML.
 */
export function readFrontMatter(text: string): FrontMatter {
  const yaml = YAML.exec(text)
  const match = yaml ?? TOML.exec(text)
  if (match === null) return NONE
  const source = match[1]!
  const fields = yaml !== null && source.length <= MAX_CHARS ? parseYaml(source) : parseLines(source)
  const get = (name: string) => textOf(fields[name])
  const keywords = [fields.keywords, fields.tags].flatMap(listOf)
  return {
    ...given('title', get('title')),
    ...given('description', get('description') ?? get('summary')),
    keywords: [...new Set(keywords)],
    ...given('address', get('slug') ?? get('permalink') ?? get('url')),
    isDraft: String(fields.draft) === 'true' || String(fields.published) === 'false',
    length: match[0].length,
  }
}

function given(name: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [name]: value }
}

/** The fields of the last page: its address and its text are read in succession. */
let last: { readonly source: string; readonly fields: Readonly<Record<string, unknown>> } | undefined

function parseYaml(source: string): Readonly<Record<string, unknown>> {
  if (last?.source !== source) last = { source, fields: parseNewYaml(source) }
  return last.fields
}

function parseNewYaml(source: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = parse(source, { logLevel: 'error', maxAliasCount: 0 })
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return parseLines(source)
  }
}

function parseLines(source: string): Readonly<Record<string, unknown>> {
  const lines = source.slice(0, MAX_CHARS).matchAll(/^([\w-]+)[^\S\n]*[:=](.*)$/gm)
  return Object.fromEntries(Array.from(lines, ([, name, value]) => [name, value!.trim().replace(/^(["'])(.*)\1$/, '$2')]))
}

function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value).replace(/\s+/g, ' ').trim()
  return text === '' ? undefined : text
}

function listOf(value: unknown): string[] {
  const values = Array.isArray(value) ? value : typeof value === 'string' ? value.replace(/[[\]"']/g, '').split(',') : []
  return values.map(textOf).filter(text => text !== undefined)
}

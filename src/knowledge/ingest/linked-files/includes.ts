import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, extname, join, resolve, sep } from 'node:path'
import type { DocumentFormat } from '../../document.ts'

const MARKDOWN =
  /^([^\S\n]*)(?:\{\*[^\S\n]+(\S+)[^\n]*\*\}|<<<[^\S\n]+(\S+)[^\n]*|-{1,2}8<-{1,2}[^\S\n]+["']([^"'\n]+)["'])[^\S\n]*$/gm
const RST =
  /^([^\S\n]*)\.\. (?:(literalinclude|include)::[^\S\n]+(\S+)[^\S\n]*|csv-table::([^\n]*))((?:\n[^\S\n]+:[\w-]+:[^\n]*)*)/gm
/** Larger files are data, not examples. */
const MAX_BYTES = 200_000
const MAX_INCLUDES = 500

/** Where included files may be. */
export interface IncludeFolders {
  /** The file that includes others. */
  readonly file: string
  /** Files outside of these folders are not read. */
  readonly roots: readonly string[]
}

/**
 * Replaces the lines of a document that include other files by their content: code in
 * `{* file *}`, `<<< file`, `--8<-- "file"` and `literalinclude`, text in `include`. A file that
 * does not exist, is too large, or is outside the folders leaves the line unchanged.
 */
export async function expandIncludes(text: string, format: DocumentFormat, folders: IncludeFolders): Promise<string> {
  const pattern = format === 'rst' ? RST : format === 'markdown' ? MARKDOWN : undefined
  if (pattern === undefined || !/8<-|<<<|\{\*|include::|csv-table::/.test(text)) return text
  const parts: string[] = []
  let end = 0
  for (const match of Array.from(text.matchAll(pattern)).slice(0, MAX_INCLUDES)) {
    const written =
      format === 'rst' ? (match[3] ?? /:file:[^\S\n]*(\S+)/.exec(match[5]!)?.[1]) : (match[2] ?? match[3] ?? match[4])
    if (written === undefined) continue
    const [, path = '', part = ''] = /^(?:@\/)?([^{#:]*)[#:]?([^{]*)/.exec(written) ?? []
    const whole = await readIncluded(path, folders)
    if (whole === undefined) continue
    const content = format === 'rst' ? whole : selectPart(whole, part)
    parts.push(text.slice(end, match.index), format === 'rst' ? showRst(match, content) : showMarkdown(match, path, content))
    end = match.index + match[0].length
  }
  return parts.join('') + text.slice(end)
}

function showMarkdown([, indent = '', , , snippet]: RegExpMatchArray, path: string, content: string): string {
  const code = snippet === undefined ? [`\`\`\`${languageOf(path)}`, ...content.split('\n'), '```'] : content.split('\n')
  return code.map(line => indent + line).join('\n')
}

function showRst([, indent = '', name, path = '', table = '', options = '']: RegExpMatchArray, content: string): string {
  if (name === undefined) {
    const others = options.split('\n').filter(option => option.trim() !== '' && !option.includes(':file:'))
    const rows = content.split('\n').map(line => `${indent}   ${line}`)
    return [`${indent}.. csv-table::${table}`, ...others, '', ...rows].join('\n')
  }
  // An empty line separates the text from what follows it.
  if (name === 'include') return [...linesBetween(content, options), ''].map(line => indent + line).join('\n')
  const language = /:language:[^\S\n]*(\S+)/.exec(options)?.[1] ?? languageOf(path)
  const lines = selectLines(linesBetween(content, options), /:lines:[^\S\n]*(\S[^\n]*)/.exec(options)?.[1])
  return [`${indent}.. code-block:: ${language}`, '', ...lines.map(line => `${indent}   ${line}`), ''].join('\n')
}

/** Selects the lines between the first with the text of `start-after` and one with `end-before`. */
function linesBetween(content: string, options: string): readonly string[] {
  const [after, before] = ['start-after', 'end-before'].map(name =>
    new RegExp(`:${name}:[^\\S\\n]*(\\S[^\\n]*)`).exec(options)?.[1]?.trim(),
  )
  const lines = content.split('\n')
  // Without such a line, the index is -1.
  const from = after === undefined ? 0 : lines.findIndex(line => line.includes(after)) + 1
  const end = before === undefined ? -1 : lines.findIndex((line, i) => i >= from && line.includes(before))
  return lines.slice(from, end === -1 ? undefined : end)
}

/**
 * Selects lines `3:5`, a section between `--8<-- [start:name]` and its end, or a region between
 * `#region name` and `#endregion`. Without a name, or if there is no such part, selects everything.
 */
function selectPart(content: string, part: string): string {
  const lines = content.split('\n')
  const shown = (some: readonly string[]) => some.filter(line => !/8<-+\s*\[|#(?:end)?region\b/.test(line)).join('\n')
  const range = /^(\d*)(?::(\d*))?$/.exec(part)
  if (range !== null && part !== '') return lines.slice(Number(range[1] || 1) - 1, Number(range[2]) || undefined).join('\n')
  const isMark = (line: string, kind: string) => line.includes(`[${kind}:${part}]`)
  const start = lines.findIndex(line => isMark(line, 'start') || line.trimEnd().endsWith(`#region ${part}`))
  if (part === '' || start === -1) return shown(lines)
  const end = lines.findIndex((line, i) => i > start && (isMark(line, 'end') || /#endregion\b/.test(line)))
  return shown(lines.slice(start + 1, end === -1 ? undefined : end))
}

/** Selects lines such as `1-3, 8-`. */
function selectLines(lines: readonly string[], ranges: string | undefined): readonly string[] {
  if (ranges === undefined) return lines
  return ranges.split(',').flatMap(range => {
    const [, from = '1', dash = '', to = ''] = /^\s*(\d*)\s*(-?)\s*(\d*)\s*$/.exec(range) ?? []
    const first = Number(from || 1)
    return lines.slice(first - 1, to === '' ? (dash === '' ? first : undefined) : Number(to))
  })
}

function languageOf(path: string): string {
  const extension = extname(path).slice(1)
  return { py: 'python', js: 'javascript', ts: 'typescript', sh: 'bash', yml: 'yaml', txt: '' }[extension] ?? extension
}

/** Reads a file that another includes. Resolves to undefined if it cannot be included. */
export async function readIncluded(path: string, { file, roots }: IncludeFolders): Promise<string | undefined> {
  const relative = path.replace(/^\/+/, '')
  for (const folder of [dirname(file), ...roots]) {
    try {
      const found = await realpath(resolve(folder, relative))
      const allowed = await Promise.all(roots.map(root => realpath(root)))
      if (!allowed.some(root => found.startsWith(join(root, sep)))) continue
      const { size } = await stat(found)
      if (size > MAX_BYTES) return undefined
      const text = await readFile(found, 'utf8')
      return text.includes('\0') ? undefined : text.trimEnd()
    } catch {
      // The file is not in this folder.
    }
  }
  return undefined
}

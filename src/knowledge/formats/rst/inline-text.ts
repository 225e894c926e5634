import { RstDirective, RstInterpretedText, type RstNode, RstOptionListItem } from 'rst-compiler'
import { kindOf } from './directive-kinds.ts'

/** What references of a document refer to. */
export interface References {
  /** The titles of labels. */
  readonly labels: ReadonlyMap<string, string>
  /** The titles of targets in other documents, by `ref label` or `doc path`. */
  readonly titles: ReadonlyMap<string, string>
  /** The texts of substitutions (`|name|`). */
  readonly substitutions: ReadonlyMap<string, string>
}

/** Roles that link to an issue by its number, of `sphinx.ext.extlinks` for instance. */
const ISSUE = /(?:^|:)(?:gh|issue|issues|pr|pull|ticket|bug|bpo|commit)$/
/** Roles of Python, whose names may begin with a dot: Sphinx then searches all modules. */
const PYTHON = /(?:^|:)(?:class|meth|func|attr|mod|obj|data|exc|const|any)$/
/** Roles of Sphinx Design that display an icon. */
const ICON = /^(?:octicon|fa[bsr]?|material-\w+)$/
/** `~package.name` or `~package.name()`, of which the last name is shown. */
const LAST_NAME = /^~(?:[\w.:]*[.:])?(\w+(?:\([^()]*\))?)$/
/** `text <target>` of a role. */
const TARGETED = /^([\s\S]*\S)\s*<[^<>]*>$/

/**
 * Returns the displayed text of a paragraph. Two colons announce code. A single colon is shown if a
 * word precedes them.
 */
export function toText(node: RstNode, references: References): string {
  return joinText([node], references)
    .replace(/(?:^| )::$/, '')
    .replace(/::$/, ':')
}

/** Returns the displayed text of nodes, with normalized white space. */
export function joinText(nodes: readonly RstNode[], references: References): string {
  return joinShown(nodes, references).replace(/\s+/g, ' ').trim()
}

/** Returns the displayed text of a node, with its line breaks. */
export function shownText(node: RstNode, references: References): string {
  if (node instanceof RstInterpretedText) return shownByRole(node.textContent, node.role, references)
  if (node.nodeType === 'SubstitutionRef') {
    return (
      references.substitutions.get(node.textContent) ??
      (/^(?:version|release|today)$/.test(node.textContent) ? '' : node.textContent)
    )
  }
  if (node instanceof RstOptionListItem)
    return [optionNames(node), ...node.children.map(child => shownText(child, references))].join(' ')
  if (node.nodeType === 'CitationRef') return `[${node.textContent}]`
  // Code in the cell of a table.
  if (node instanceof RstDirective && kindOf(node.directive) === 'code') return node.rawBodyText
  if (node.children.length === 0) return node.textContent
  return joinShown(node.children, references, node.children[0]?.isInlineNode ? '' : ' ')
}

/** Joins the texts of nodes, without references to footnotes and the spaces before them. */
function joinShown(nodes: readonly RstNode[], references: References, separator = ''): string {
  const parts: string[] = []
  for (const node of nodes) {
    if (node.nodeType !== 'FootnoteRef') parts.push(shownText(node, references))
    else if (parts.length > 0) parts.push(parts.pop()!.trimEnd())
  }
  return parts.join(separator)
}

/** Returns the displayed text of code that may contain inline markup. */
export function withoutMarkup(code: string, { substitutions }: References): string {
  return code
    .replace(/(?::[\w:+-]{1,50}:)?`~?([^`<\n]+?)(?:\s?<[^`\n]*>)?`(?:__?|(?!`))/g, '$1')
    .replace(/(\*\*?|``)(?=[^\s*`])([^*`\n]*[^\s*`])\1/g, '$2')
    .replace(/\|([\w.-]{1,80})\|/g, (whole, name: string) => substitutions.get(name) ?? whole)
}

/** Returns the names of an option with their arguments. */
export function optionNames({ options }: RstOptionListItem): string {
  return options.map(({ name, delimiter, rawArgName }) => `${name}${delimiter ?? ''}${rawArgName ?? ''}`).join(', ')
}

/**
 * Sphinx cross-references: `text <target>` shows the text, a label the title of its section,
 * `~package.name` the last name, `!name` and `.name` the name, an issue `#` and its number.
 */
function shownByRole(content: string, role: string | null | undefined, { labels, titles }: References): string {
  if (ICON.test(role ?? '')) return ''
  const given = TARGETED.exec(content)?.[1]
  if (given !== undefined) return given
  if (/(?:^|:)(?:ref|numref)$/.test(role ?? '')) {
    const label = content.trim().toLowerCase()
    return labels.get(label) ?? titles.get(`ref ${label}`) ?? content.replace(/[-_]/g, ' ')
  }
  if (/(?:^|:)doc$/.test(role ?? '')) return titles.get(`doc ${content}`) ?? content.replace(/^.*\//, '').replace(/[-_]/g, ' ')
  if (LAST_NAME.test(content)) return content.replace(LAST_NAME, '$1')
  if (/^\d+$/.test(content) && ISSUE.test(role ?? '')) return `#${content}`
  if (/^(?:rfc|pep)$/.test(role ?? '')) return `${role!.toUpperCase()} ${content}`
  return content.replace(PYTHON.test(role ?? '') ? /^[!.]/ : /^!/, '')
}

import {
  RstDefinitionListItem,
  type RstDirective,
  RstFieldListItem,
  RstInterpretedText,
  type RstNode,
  type RstNodeParser,
  RstOptionListItem,
  type RstSection,
  type RstTable,
  RstToHtmlCompiler,
} from 'rst-compiler'
import { ChatError } from '../../../errors.ts'
import { createSlugger } from '../heading-slug.ts'
import { checkNesting } from '../nesting.ts'
import { createOutline, type Outline } from '../outline.ts'
import type { CheckTime, Parse } from '../parsed-document.ts'

interface Writing {
  readonly outline: Outline
  readonly slug: (heading: string) => string | undefined
}

/** Directives without content of their own, or with content from elsewhere. */
const UNREAD_DIRECTIVES =
  /^(?:toctree|contents|index|highlight|(?:current)?module|(?:literal)?include|raw|meta|role|default-role|sectnum|tabularcolumns|auto\w+)$/
/** Maximum number of characters that may begin inline markup, per paragraph. */
const MAX_MARKS = 2000
const MAX_TABLE_CHARS = 100_000

/** Parses reStructuredText, including Sphinx's roles and directives if they contain text. */
export const parseRestructuredText: Parse = (text, checkTime) => {
  checkSize(text)
  const compiler = new RstToHtmlCompiler()
  compiler.useNodeParser(timeLimit(checkTime))
  const { root } = compiler.parse(text, { disableWarnings: true, disableErrors: true })
  const writing = { outline: createOutline(), slug: createSlugger() }
  write(root, writing, 0)
  return writing.outline.finish()
}

/**
 * Rejects two constructs for which the parser takes quadratic time and cannot be interrupted. One
 * is a paragraph with many characters that may begin inline markup, because the parser searches for
 * the end of each (2,000 take 0.2 s). The other is a table drawn with lines (100 KB take 1 s). Real
 * paragraphs have a few dozen such characters.
 */
function checkSize(text: string): void {
  for (const paragraph of text.split(/\n[^\S\n]*\n/)) {
    const marks = paragraph.match(/[*`[]|\|(?=\S)/g)?.length ?? 0
    const isTable = /^\s*\+[-=+]+\n/.test(paragraph)
    if (isTable ? paragraph.length > MAX_TABLE_CHARS : marks > MAX_MARKS) {
      throw new ChatError('DOCUMENT_UNREADABLE', {
        message: isTable
          ? `A table has more than ${MAX_TABLE_CHARS} characters`
          : `A paragraph has more than ${MAX_MARKS} inline markup characters`,
      })
    }
  }
}

/** A node parser that runs before the others and never matches: it makes parsing interruptible. */
function timeLimit(checkTime: CheckTime): RstNodeParser {
  return {
    parse() {
      checkTime()
      return null
    },
  }
}

function write(node: RstNode, writing: Writing, depth: number): void {
  checkNesting(depth)
  const { outline, slug } = writing
  switch (node.nodeType) {
    case 'Section': {
      const heading = toText(node)
      outline.heading((node as RstSection).level, heading, slug(heading))
      break
    }
    case 'Paragraph':
      outline.prose(toText(node))
      break
    case 'LiteralBlock':
      outline.code(node.textContent)
      break
    case 'DoctestBlock':
      outline.code(node.textContent, 'pycon')
      break
    case 'Table':
      for (const row of node.children) outline.row(row.children.map(toText), (node as RstTable).headRows.includes(row))
      outline.endGroup()
      break
    case 'LineBlock':
      outline.prose(node.children.map(toText).join('\n'))
      break
    case 'BulletList':
    case 'EnumeratedList':
    case 'DefinitionList':
    case 'FieldList':
    case 'OptionList':
      writeList(node, writing, depth, '')
      outline.endGroup()
      break
    case 'Directive':
      writeDirective(node as RstDirective, writing, depth)
      break
    case 'Comment':
    case 'HyperlinkTarget':
    case 'SubstitutionDef':
      break
    default:
      for (const child of node.children) write(child, writing, depth + 1)
  }
}

function writeList(list: RstNode, writing: Writing, depth: number, indent: string): void {
  checkNesting(depth)
  for (const [i, item] of list.children.entries()) {
    const [label, body] = partsOf(item, list.nodeType === 'EnumeratedList' ? `${i + 1}. ` : '- ')
    let begun = false
    for (const child of body) {
      if (child.nodeType === 'Paragraph') {
        writing.outline.line(indent + (begun ? '  ' : label) + toText(child))
      } else {
        if (!begun && /\w/.test(label)) writing.outline.line(indent + label.trimEnd())
        if (child.nodeType.endsWith('List')) writeList(child, writing, depth + 1, `${indent}  `)
        else write(child, writing, depth + 1)
      }
      begun = true
    }
    if (!begun) writing.outline.line(indent + label.trimEnd())
  }
}

/** Returns the label of a list item and the nodes that follow it. */
function partsOf(item: RstNode, marker: string): readonly [label: string, body: readonly RstNode[]] {
  if (item instanceof RstDefinitionListItem) return [`${join(item.term)}\n`, item.definition]
  if (item instanceof RstFieldListItem) return [`${join(item.name)}: `, item.body]
  if (item instanceof RstOptionListItem) {
    const names = item.options.map(({ name, delimiter, rawArgName }) => `${name}${delimiter ?? ''}${rawArgName ?? ''}`)
    return [`${names.join(', ')}  `, item.children]
  }
  return [marker, item.children]
}

function writeDirective(directive: RstDirective, writing: Writing, depth: number): void {
  if (UNREAD_DIRECTIVES.test(directive.directive)) return
  writing.outline.prose(directive.config?.getField('alt') ?? '')
  writing.outline.code(directive.rawBodyText)
  for (const child of directive.children) write(child, writing, depth + 1)
}

/** Two colons announce code. A single colon is shown if a word precedes them. */
function toText(node: RstNode): string {
  return join([node])
    .replace(/(?:^| )::$/, '')
    .replace(/::$/, ':')
}

function join(nodes: readonly RstNode[]): string {
  return nodes.map(shownText).join('').replace(/\s+/g, ' ').trim()
}

function shownText(node: RstNode): string {
  if (node instanceof RstInterpretedText) return shownByRole(node.textContent)
  if (node.children.length === 0) return node.textContent
  return node.children.map(shownText).join(node.children[0]?.isInlineNode ? '' : ' ')
}

/**
 * Sphinx cross-references: `text <target>` shows the text, `~package.name` the last name, `!name`
 * the name.
 */
function shownByRole(content: string): string {
  const text = content.replace(/\s*<[^<>]*>$/, '')
  if (text.startsWith('~')) return text.slice(text.lastIndexOf('.') + 1).replace('~', '')
  return text.replace(/^!/, '')
}

import createMarkdown, { type Token } from 'markdown-it'

/** A list that is being written: the number of its next item, unless it has bullets. */
interface OpenList {
  next: number | undefined
}

const parser = createMarkdown({ html: false })
const MARKS: Readonly<Record<string, string>> = { strong: '*', em: '_', s: '~' }
const INDENT = '    '

/**
 * Converts a reply to Slack's mrkdwn, by https://docs.slack.dev/messaging/formatting-message-text.
 * Slack has no headings, tables or nested lists: these become bold lines, rows and indented lines.
 */
export function toMrkdwn(markdown: string): string {
  let text = ''
  let marker = ''
  let quotes = 0
  let isHeading = false
  let row: string[] | undefined
  const lists: OpenList[] = []

  /** Adds a block. Items of a list and rows of a table follow each other without an empty line. */
  function add(block: string, isNext = lists.length > 0): void {
    const indent = INDENT.repeat(Math.max(0, lists.length - 1))
    const prefix = quotes > 0 ? '> ' : ''
    const lines = `${marker}${block}`
      .split('\n')
      .map((line, i) => `${prefix}${indent}${i > 0 && lists.length > 0 ? '  ' : ''}${line}`)
    text += `${isNext ? '\n' : '\n\n'}${lines.join('\n')}`
    marker = ''
  }

  for (const token of parser.parse(markdown, {})) {
    const { type, content } = token
    const isOpening = type.endsWith('_open')
    // Ends the line before the empty one.
    if (/^(?:table|bullet_list|ordered_list)_open$/.test(type) && lists.length === 0) text += '\n'
    if (type === 'bullet_list_open') lists.push({ next: undefined })
    else if (type === 'ordered_list_open') lists.push({ next: Number(token.attrGet('start') ?? 1) })
    else if (type.endsWith('_list_close')) lists.pop()
    else if (type === 'list_item_open') marker = markItem(lists.at(-1))
    else if (type.startsWith('blockquote')) quotes += isOpening ? 1 : -1
    else if (type.startsWith('heading')) isHeading = isOpening
    else if (type === 'tr_open') row = []
    else if (type === 'tr_close') {
      add((row ?? []).join(' | '), true)
      row = undefined
    } else if (type === 'fence' || type === 'code_block') add(`\`\`\`\n${escaped(content)}\`\`\``)
    else if (type === 'inline' && row !== undefined) row.push(toText(token.children ?? [], false))
    else if (type === 'inline' && isHeading) add(`*${toText(token.children ?? [], false)}*`)
    else if (type === 'inline') add(toText(token.children ?? [], true))
  }
  return text.trim()
}

function markItem(list: OpenList | undefined): string {
  return list?.next === undefined ? '• ' : `${list.next++}. `
}

/** @param hasMarks Whether bold and italic text is marked. */
function toText(tokens: readonly Token[], hasMarks: boolean): string {
  const links: boolean[] = []
  return tokens
    .map(token => {
      const { type, content } = token
      const mark = MARKS[type.replace(/_(open|close)$/, '')]
      if (mark !== undefined) return hasMarks ? mark : ''
      if (type === 'code_inline') return `\`${escaped(content)}\``
      if (type === 'softbreak' || type === 'hardbreak') return '\n'
      if (type === 'link_close') return links.pop() ? '>' : ''
      if (type !== 'link_open') return escaped(content)
      const href = String(token.attrGet('href') ?? '')
      // Slack links addresses only, not paths within the documents.
      links.push(/^(?:https?|mailto):/.test(href))
      return links.at(-1) ? `<${escaped(href).replaceAll('|', '%7C')}|` : ''
    })
    .join('')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

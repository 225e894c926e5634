import { admonitionOf } from '../admonitions.ts'

const ATTRIBUTE = /\s([\w:-]+)=(?:"([^"]*)"|'([^']*)'|\{\s*(["'`])([^"'`]*)\4\s*\})/g
/** Attributes whose text is shown before the content. */
const TITLES = ['title', 'label', 'header', 'heading', 'summary']
/** Where a link without text leads. */
const LINKS = ['link', 'to', 'href']
const LINKED_NAME = /^(?:.*\/)?([\w-]+)(?:\.\w+)?(?:#.*)?$/
/** Components that show in which version something was added. */
const SINCE = /^(?:Since|(?:Version)?Added(?:In|Since)?|NewIn|Introduced(?:In)?)$/
/** Components around a remark, by their names or the type that they name. */
const REMARK = /^(?:Note|Tip|Hint|Info|Important|Warning|Caution|Danger)$/
const TYPED_REMARK = /^(?:Aside|Callout|Admonition|Alert)$/

/** The tag of a component, with the text around it. */
export interface Tag {
  readonly name: string
  /** The whole tag. */
  readonly tag: string
  readonly isEnd: boolean
  /** Whether it is a child of tabs, which are named by their slots. */
  readonly isInTabs: boolean
  /** The white space before the tag if it begins a line. */
  readonly indent: string | undefined
  readonly endsLine: boolean
}

/**
 * Returns the text that the tag of a component shows: the title of a card or tab, the name of a
 * remark, or a version. A tag that begins or ends a line separates blocks.
 */
export function textOfTag({ name, tag, isEnd, isInTabs, indent: written, endsLine }: Tag): string {
  const startsLine = written !== undefined
  const indent = written ?? ''
  const separator = `\n\n${indent}`
  const attributes = isEnd ? new Map<string, string>() : readAttributes(tag)
  const title = firstOf(attributes, TITLES) ?? (isInTabs ? attributes.get('slot') : undefined) ?? ''
  const remark = REMARK.test(name) ? name : TYPED_REMARK.test(name) ? attributes.get('type') : undefined
  if (isEnd && (REMARK.test(name) || TYPED_REMARK.test(name)) && endsLine) return `\n\n${indent}:::\n\n${indent}`
  if (startsLine && !tag.endsWith('/>') && remark !== undefined && admonitionOf(remark) !== undefined)
    return `${separator}:::${remark} ${title}\n\n${indent}`
  const version = SINCE.test(name) ? firstOf(attributes, ['v', 'version']) : undefined
  if (version !== undefined) return `Added in: ${[attributes.get('pkg'), version].filter(part => part !== undefined).join('@')}`
  if (tag.endsWith('/>')) {
    const text = [title, attributes.get('description') ?? ''].filter(part => part !== '').join(': ')
    if (startsLine) return text === '' ? separator : `${separator}- ${text}\n\n${indent}`
    return text === '' ? (LINKED_NAME.exec(firstOf(attributes, LINKS) ?? '')?.[1]?.replaceAll('-', ' ') ?? '') : text
  }
  if (title === '') return startsLine || endsLine ? separator : ''
  const description = attributes.get('description')
  if (!startsLine && !endsLine) return `${title} `
  return `\n\n${indent}${title}:\n\n${indent}${description === undefined ? '' : `${description}\n\n${indent}`}`
}

function readAttributes(tag: string): ReadonlyMap<string, string> {
  return new Map(
    Array.from(tag.matchAll(ATTRIBUTE), ([, name, double, single, , text]) => [name!, (double ?? single ?? text ?? '').trim()]),
  )
}

function firstOf(attributes: ReadonlyMap<string, string>, names: readonly string[]): string | undefined {
  return names.map(name => attributes.get(name)).find(value => value !== undefined && value !== '')
}

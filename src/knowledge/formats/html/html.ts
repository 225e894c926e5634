import { Parser } from 'htmlparser2'
import { checkNesting } from '../limits/nesting.ts'
import { createOutline, type Outline } from '../outline.ts'
import type { CheckTime, Parse } from '../parsed-document.ts'
import { createHtmlBlocks } from './html-blocks.ts'
import { isChrome } from './html-chrome.ts'
import { createTabLabels, type TabLabels } from './tab-labels.ts'

/** An element that contains a page's main content. */
interface Landmark {
  /** A page that does not match has no such landmark, so parsing it is skipped. */
  readonly hint: RegExp
  isRoot(name: string, attributes: Readonly<Record<string, string>>): boolean
}

const MAIN: Landmark = {
  hint: /<main\b|\brole\s*=\s*["']?main\b/i,
  isRoot: (name, attributes) => name === 'main' || attributes.role === 'main',
}
const ARTICLES: Landmark = { hint: /<article\b/i, isRoot: name => name === 'article' }
const WHOLE_PAGE: Landmark = { hint: /^/, isRoot: () => false }

/**
 * Parses a page's content: its `main` element, or else its `article` elements, or else the whole
 * page; without navigation, headers and footers. The title is the outermost heading, or else
 * `<title>`. Anchors are the page's ids.
 */
export const parseHtml: Parse = (text, checkTime) => {
  let pageTitle: string | undefined
  for (const landmark of [MAIN, ARTICLES, WHOLE_PAGE]) {
    if (!landmark.hint.test(text)) continue
    const outline = createOutline()
    pageTitle = writeHtml(text, outline, checkTime, { landmark })
    const parsed = outline.finish()
    if (parsed.sections.length > 0) return { title: pageTitle, ...parsed }
  }
  return { title: pageTitle, sections: [] }
}

/**
 * Writes a page, or a fragment of one, to an outline and returns the text of `<title>`. If a
 * landmark is given, only the content within it is written.
 * @param tabs The tabs of the page that the fragment is part of.
 */
export function writeHtml(
  html: string,
  outline: Outline,
  checkTime: CheckTime,
  { landmark = WHOLE_PAGE, tabs = createTabLabels() }: { readonly landmark?: Landmark; readonly tabs?: TabLabels } = {},
): string | undefined {
  const blocks = createHtmlBlocks(outline)
  let depth = 0
  /**
   * Depths of the elements that are read, skipped, or contain the page's title; 0 for none. The
   * whole page is -1.
   */
  let rootDepth = landmark === WHOLE_PAGE ? -1 : 0
  let skippedDepth = 0
  let titleDepth = 0
  let tabDepth = 0
  /** Whether the element `header` contains the title instead of menus. */
  let isAsciiDoc = false
  let title = ''
  const isRead = () => rootDepth !== 0 && skippedDepth === 0

  const parser = new Parser({
    onopentag(name, attributes) {
      checkTime()
      checkNesting(++depth)
      if (rootDepth === 0 && landmark.isRoot(name, attributes)) rootDepth = depth
      // The header of an article contains its title; the header of a page contains its logo and
      // menus.
      if (name === 'body') isAsciiDoc = /^(?:article|book|manpage)(?:\s|$)/.test(attributes.class ?? '')
      if (tabDepth === 0 && tabs.openTab(name, attributes)) tabDepth = depth
      const skipped =
        tabDepth === depth ||
        (isChrome(name, attributes) && !(isAsciiDoc && attributes.id === 'header')) ||
        (name === 'header' && landmark === WHOLE_PAGE)
      if (skipped && isRead()) blocks.permalink(attributes.href ?? '')
      if (skippedDepth === 0 && skipped) skippedDepth = depth
      if (name === 'title' && title === '' && skippedDepth === 0) titleDepth = depth
      if (!isRead()) return
      blocks.open(name, attributes)
      blocks.label(tabs.labelOf(attributes))
    },
    ontext(text) {
      if (tabDepth !== 0) tabs.text(text)
      if (titleDepth !== 0) title += text
      else if (isRead()) blocks.text(text)
    },
    onclosetag(name) {
      if (isRead()) blocks.close(name)
      if (titleDepth === depth) titleDepth = 0
      if (tabDepth === depth) tabDepth = 0
      if (skippedDepth === depth) skippedDepth = 0
      if (rootDepth === depth) rootDepth = 0
      depth--
    },
  })
  parser.end(html)
  blocks.close('html')
  const pageTitle = title.replace(/\s+/g, ' ').trim()
  return pageTitle === '' ? undefined : pageTitle
}

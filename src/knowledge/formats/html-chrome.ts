/** Elements that never hold what a page is about. */
const CHROME_ELEMENTS = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'svg',
  'iframe',
  'object',
  'nav',
  'aside',
  'footer',
  'button',
  'select',
  'textarea',
  'dialog',
])
const CHROME_ROLES = new Set(['navigation', 'search', 'banner', 'contentinfo', 'complementary'])
/** Class names that documentation generators give to what stands around the content, and to permanent links and line numbers within it. */
const CHROME_CLASSES = new Set(
  [
    ['nav', 'navbar', 'navigation', 'menu', 'breadcrumb', 'breadcrumbs', 'pagination', 'related', 'toc', 'table-of-contents'],
    ['sidebar', 'sphinxsidebar', 'footer', 'site-header', 'site-footer', 'skip-link', 'edit-this-page', 'cookie-banner'],
    ['headerlink', 'header-anchor', 'heading-anchor', 'hash-link', 'anchor', 'permalink', 'viewcode-link', 'linenos', 'lineno'],
  ].flat(),
)
/** Ids of a page's frame, of divisions only: a section on footers may well be named `footer`. */
const CHROME_IDS = new Set([
  'hd',
  'ft',
  'header',
  'footer',
  'nav',
  'navbar',
  'navigation',
  'sidebar',
  'menu',
  'breadcrumbs',
  'toc',
])

/** Whether an element is part of a page's frame (navigation, search, header, footer, scripts) rather than of what it says. */
export function isChrome(name: string, attributes: Readonly<Record<string, string>>): boolean {
  const classes = attributes.class?.split(/\s+/) ?? []
  return (
    CHROME_ELEMENTS.has(name) ||
    CHROME_ROLES.has(attributes.role ?? '') ||
    attributes['aria-hidden'] === 'true' ||
    classes.some(className => CHROME_CLASSES.has(className)) ||
    (name === 'div' && !classes.includes('section') && CHROME_IDS.has(attributes.id ?? ''))
  )
}

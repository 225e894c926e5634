/** Elements that never contain a page's main content. */
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
/**
 * Class names that documentation generators use for page navigation, permanent links and line
 * numbers.
 */
const CHROME_CLASSES = new Set(
  [
    [
      'nav',
      'navbar',
      'navheader',
      'navfooter',
      'navigation',
      'menu',
      'breadcrumb',
      'breadcrumbs',
      'pagination',
      'related',
      'toc',
      'table-of-contents',
    ],
    ['sidebar', 'sphinxsidebar', 'footer', 'site-header', 'site-footer', 'skip-link', 'edit-this-page', 'cookie-banner'],
    ['headerlink', 'header-anchor', 'heading-anchor', 'hash-link', 'anchor', 'permalink', 'viewcode-link', 'linenos', 'lineno'],
  ].flat(),
)
/** Ids of page chrome. Checked on `div` only: a section about footers may have the id `footer`. */
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

/**
 * Returns whether an element is page chrome (navigation, search, header, footer, scripts) instead
 * of content.
 */
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

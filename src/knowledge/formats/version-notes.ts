const LABELS: ReadonlyMap<string, string> = new Map([
  ['versionadded', 'New in version'],
  ['versionchanged', 'Changed in version'],
  ['versionremoved', 'Removed in version'],
  ['deprecated', 'Deprecated since version'],
])

/** Returns the words that Sphinx shows before a version; undefined for other directives. */
export function versionLabel(directive: string): string | undefined {
  return LABELS.get(directive)
}

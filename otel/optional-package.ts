/** Whether a package can be found. One that it needs in turn may be missing nevertheless. */
export function isInstalled(name: string): boolean {
  try {
    return import.meta.resolve(name) !== ''
  } catch {
    // No package of this name can be found.
    return false
  }
}

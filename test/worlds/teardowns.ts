/** Collects what a script must undo, as tap does for a test. */
export function collectTeardowns(): { teardown(end: () => unknown): void; end(): Promise<void> } {
  const ends: (() => unknown)[] = []
  return {
    teardown: end => void ends.unshift(end),
    async end() {
      for (const end of ends) await end()
    },
  }
}
